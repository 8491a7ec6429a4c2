-- Migration: 002_task_counts
-- Version: 1.1.0
-- Description: Milestones count their tasks, and tasks know when they were last changed

CREATE TRIGGER tasks_counted AFTER INSERT ON tasks WHEN NEW.milestone_id IS NOT NULL
BEGIN
    UPDATE milestones SET total_tasks = total_tasks + 1, completed_tasks = completed_tasks + (NEW.status = 'done') WHERE id = NEW.milestone_id;
END;

CREATE TRIGGER tasks_counted_again AFTER UPDATE OF status ON tasks WHEN NEW.milestone_id IS NOT NULL
BEGIN
    UPDATE milestones SET completed_tasks = completed_tasks + (NEW.status = 'done') - (OLD.status = 'done') WHERE id = NEW.milestone_id;
END;

CREATE TRIGGER tasks_uncounted AFTER DELETE ON tasks WHEN OLD.milestone_id IS NOT NULL
BEGIN
    UPDATE milestones SET total_tasks = total_tasks - 1, completed_tasks = completed_tasks - (OLD.status = 'done') WHERE id = OLD.milestone_id;
END;

CREATE TRIGGER tasks_touched AFTER UPDATE OF title, status, priority_score ON tasks
BEGIN
    UPDATE tasks SET updated_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;

-- Migration: 002_task_counts
-- Version: 1.1.0
-- Description: Milestones count their tasks, and tasks know when they were last changed

CREATE FUNCTION count_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE milestones SET total_tasks = total_tasks - 1, completed_tasks = completed_tasks - (OLD.status = 'done')::int WHERE id = OLD.milestone_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE milestones SET total_tasks = total_tasks + 1, completed_tasks = completed_tasks + (NEW.status = 'done')::int WHERE id = NEW.milestone_id;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER tasks_counted AFTER INSERT OR UPDATE OF status, milestone_id OR DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION count_tasks();

CREATE FUNCTION touch_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END;
$$;

CREATE TRIGGER tasks_touched BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION touch_task();

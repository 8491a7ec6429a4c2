-- The complete schema, as the migrations make it.

CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE repositories (
    id INTEGER PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    url TEXT NOT NULL UNIQUE
);

CREATE TABLE milestones (
    id INTEGER PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    total_tasks INTEGER NOT NULL DEFAULT 0,
    completed_tasks INTEGER NOT NULL DEFAULT 0,
    completion_percentage INTEGER AS (CASE total_tasks WHEN 0 THEN 0 ELSE completed_tasks * 100 / total_tasks END)
);

CREATE TABLE tasks (
    id INTEGER PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    milestone_id INTEGER REFERENCES milestones (id) ON DELETE SET NULL,
    title TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'in_progress', 'done')),
    priority_score INTEGER NOT NULL DEFAULT 0 CHECK (priority_score BETWEEN 0 AND 10000),
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);

CREATE INDEX idx_tasks_priority_queue ON tasks (project_id, status, priority_score DESC);

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

-- check: foreign keys are enforced
-- expect: value 1
PRAGMA foreign_keys;

-- check: every row has its parent
-- expect: rows 0
PRAGMA foreign_key_check;

-- check: a task needs a project
-- expect: error FOREIGN KEY constraint failed
INSERT INTO tasks (project_id, title) VALUES (-1, 'Of no project');

-- check: timestamps are set
-- expect: rows 0
SELECT id, created_at, updated_at FROM tasks WHERE created_at IS NULL OR updated_at IS NULL OR updated_at < created_at;

-- check: an update moves the timestamp
-- expect: value true
INSERT INTO projects (id, name) VALUES (-1, 'Checked');
INSERT INTO tasks (id, project_id, title, created_at, updated_at) VALUES (-1, -1, 'Test task', '2025-01-06 09:00:00+00', '2025-01-06 09:00:00+00');
UPDATE tasks SET title = 'Updated' WHERE id = -1;
SELECT (updated_at > created_at)::text AS updated_after_created FROM tasks WHERE id = -1;

-- check: timestamps are ISO 8601
-- expect: rows 0
SELECT id, created_at, updated_at FROM tasks
WHERE created_at IS NOT strftime('%Y-%m-%dT%H:%M:%fZ', created_at) OR updated_at IS NOT strftime('%Y-%m-%dT%H:%M:%fZ', updated_at);

-- check: an update moves the timestamp
-- expect: value 1
INSERT INTO projects (id, name) VALUES (-1, 'Checked');
INSERT INTO tasks (id, project_id, title, created_at, updated_at) VALUES (-1, -1, 'Test task', '2025-01-06T09:00:00.000Z', '2025-01-06T09:00:00.000Z');
UPDATE tasks SET title = 'Updated' WHERE id = -1;
SELECT updated_at > created_at AS updated_after_created FROM tasks WHERE id = -1;

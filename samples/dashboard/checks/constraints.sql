-- check: an unknown status is rejected
-- expect: error CHECK constraint failed
INSERT INTO projects (id, name) VALUES (-1, 'Checked');
INSERT INTO tasks (project_id, title, status, priority_score) VALUES (-1, 'Test', 'invalid_status', 5000);

-- check: a priority out of range is rejected
-- expect: error CHECK constraint failed
INSERT INTO projects (id, name) VALUES (-1, 'Checked');
INSERT INTO tasks (project_id, title, status, priority_score) VALUES (-1, 'Test', 'open', 15000);

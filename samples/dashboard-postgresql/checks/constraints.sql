-- check: an unknown status is rejected
-- expect: error tasks_status_check
INSERT INTO projects (id, name) VALUES (-1, 'Checked');
INSERT INTO tasks (id, project_id, title, status, priority_score) VALUES (-1, -1, 'Test', 'invalid_status', 5000);

-- check: a priority out of range is rejected
-- expect: error tasks_priority_score_check
INSERT INTO projects (id, name) VALUES (-1, 'Checked');
INSERT INTO tasks (id, project_id, title, status, priority_score) VALUES (-1, -1, 'Test', 'open', 15000);

-- check: a new task is counted
-- expect: value 1
INSERT INTO projects (id, name) VALUES (-1, 'Checked');
INSERT INTO milestones (id, project_id, title) VALUES (-1, -1, 'Checked');
INSERT INTO tasks (project_id, milestone_id, title) VALUES (-1, -1, 'Test task');
SELECT total_tasks FROM milestones WHERE id = -1;

-- check: a finished task is counted as finished
-- expect: value 1
INSERT INTO projects (id, name) VALUES (-1, 'Checked');
INSERT INTO milestones (id, project_id, title) VALUES (-1, -1, 'Checked');
INSERT INTO tasks (id, project_id, milestone_id, title) VALUES (-1, -1, -1, 'Test task');
UPDATE tasks SET status = 'done' WHERE id = -1;
SELECT completed_tasks FROM milestones WHERE id = -1;

-- check: a deleted task is counted no more
-- expect: value 0
INSERT INTO projects (id, name) VALUES (-1, 'Checked');
INSERT INTO milestones (id, project_id, title) VALUES (-1, -1, 'Checked');
INSERT INTO tasks (id, project_id, milestone_id, title, status) VALUES (-1, -1, -1, 'Test task', 'done');
DELETE FROM tasks WHERE id = -1;
SELECT total_tasks + completed_tasks FROM milestones WHERE id = -1;

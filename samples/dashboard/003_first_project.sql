-- Migration: 003_first_project
-- Version: 1.1.1
-- Description: The dashboard's own project, with a milestone and two tasks

INSERT INTO projects (id, name) VALUES (1, 'Dashboard');
INSERT INTO milestones (id, project_id, title) VALUES (1, 1, 'First release');
INSERT INTO tasks (project_id, milestone_id, title, status, priority_score, created_at, updated_at) VALUES
    (1, 1, 'Write the schema', 'done', 900, '2025-01-06T09:00:00.000Z', '2025-01-07T16:30:00.000Z'),
    (1, 1, 'Show open tasks', 'open', 500, '2025-01-06T09:00:00.000Z', '2025-01-06T09:00:00.000Z');

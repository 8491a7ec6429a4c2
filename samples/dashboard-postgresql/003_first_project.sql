-- Migration: 003_first_project
-- Version: 1.1.1
-- Description: The dashboard's own project, with a milestone and two tasks

WITH project AS (
    INSERT INTO projects (name) VALUES ('Dashboard') RETURNING id
), milestone AS (
    INSERT INTO milestones (project_id, title) SELECT id, 'First release' FROM project RETURNING id, project_id
)
INSERT INTO tasks (project_id, milestone_id, title, status, priority_score)
SELECT project_id, id, title, status, score
FROM milestone, (VALUES ('Write the schema', 'done', 900), ('Show open tasks', 'open', 500)) AS task (title, status, score);

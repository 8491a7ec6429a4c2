-- check: foreign keys are enforced and validated
-- expect: rows 0
SELECT conrelid::regclass AS "table", conname AS "constraint"
FROM pg_constraint AS c
WHERE contype = 'f' AND (NOT convalidated OR EXISTS (SELECT 1 FROM pg_trigger AS t WHERE t.tgconstraint = c.oid AND t.tgenabled = 'D'));

-- check: a task needs a project
-- expect: error 23503
INSERT INTO tasks (id, project_id, title) VALUES (-1, -1, 'Of no project');

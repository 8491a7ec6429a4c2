-- check: tables exist
-- expect: values milestones, projects, repositories, tasks
SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'migration_%' ORDER BY name;

-- check: no table is missing
-- expect: rows 0
-- recommend: Apply what is pending: migrations up
WITH expected (name) AS (VALUES ('projects'), ('repositories'), ('milestones'), ('tasks'))
SELECT name AS missing_table FROM expected WHERE name NOT IN (SELECT name FROM sqlite_master WHERE type = 'table');

-- check: the priority queue has its index
-- expect: value 1
SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = 'idx_tasks_priority_queue';

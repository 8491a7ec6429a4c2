-- check: tables exist
-- expect: values milestones, projects, repositories, tasks
SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'migration\_%' ORDER BY tablename;

-- check: no table is missing
-- expect: rows 0
-- recommend: Apply what is pending: migrations up
SELECT name AS missing_table FROM (VALUES ('projects'), ('repositories'), ('milestones'), ('tasks')) AS expected (name) WHERE to_regclass(name) IS NULL;

-- check: the priority queue has its index
-- expect: value 1
SELECT count(*) FROM pg_indexes WHERE indexname = 'idx_tasks_priority_queue';

-- The query that every page load makes must not read all tasks.

-- check: the priority queue uses its index
-- expect: plan USING INDEX idx_tasks_priority_queue
SELECT * FROM tasks WHERE project_id = 1 AND status IN ('open', 'in_progress') ORDER BY priority_score DESC LIMIT 100;

-- check: the priority queue reads no whole table
-- expect: plan without SCAN tasks
SELECT * FROM tasks WHERE project_id = 1 AND status IN ('open', 'in_progress') ORDER BY priority_score DESC LIMIT 100;

-- The query that every page load makes must be able to use its index. A small table is read as a whole, so that is switched off for the question.

-- check: the priority queue uses its index
-- expect: plan idx_tasks_priority_queue
SET LOCAL enable_seqscan = off;
SELECT * FROM tasks WHERE project_id = 1 AND status IN ('open', 'in_progress') ORDER BY priority_score DESC LIMIT 100;

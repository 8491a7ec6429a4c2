-- check: the percentage agrees with the counts
-- expect: rows 0
SELECT id, total_tasks, completed_tasks, completion_percentage
FROM milestones
WHERE completion_percentage <> CASE total_tasks WHEN 0 THEN 0 ELSE completed_tasks * 100 / total_tasks END;

-- check: the counts agree with the tasks
-- expect: rows 0
SELECT m.id, m.total_tasks, count(t.id) AS found
FROM milestones AS m LEFT JOIN tasks AS t ON t.milestone_id = m.id
GROUP BY m.id, m.total_tasks, m.completed_tasks
HAVING m.total_tasks <> count(t.id) OR m.completed_tasks <> count(t.id) FILTER (WHERE t.status = 'done');

DROP TRIGGER tasks_touched ON tasks;
DROP FUNCTION touch_task();
DROP TRIGGER tasks_counted ON tasks;
DROP FUNCTION count_tasks();

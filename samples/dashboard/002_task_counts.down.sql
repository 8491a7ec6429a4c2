DROP TRIGGER tasks_touched;
DROP TRIGGER tasks_uncounted;
DROP TRIGGER tasks_counted_again;
DROP TRIGGER tasks_counted;

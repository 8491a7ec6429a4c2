DELETE FROM projects WHERE name = 'Dashboard';

DROP TABLE tasks;
DROP TABLE milestones;
DROP TABLE repositories;
DROP TABLE projects;

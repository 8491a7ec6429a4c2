INSERT INTO deployment_log (point, migration, direction, run) VALUES ('before-undo', '${migration}', '${direction}', '${run_id}');

INSERT INTO deployment_log (point, migration, direction, run) VALUES ('after-undo', '${migration}', '${direction}', '${run_id}');

INSERT INTO deployment_log (point, migration, direction, run) VALUES ('before-each', '${migration}', '${direction}', '${run_id}');

INSERT INTO deployment_log (point, migration, direction, run) VALUES ('after-each', '${migration}', '${direction}', '${run_id}');

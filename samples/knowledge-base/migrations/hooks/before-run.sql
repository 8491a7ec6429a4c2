-- Description: Whoever asks what happened to this database finds it here
CREATE TABLE IF NOT EXISTS deployment_log (
    id INTEGER PRIMARY KEY,
    point TEXT NOT NULL,
    migration TEXT NOT NULL,
    direction TEXT NOT NULL,
    run TEXT NOT NULL,
    at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO deployment_log (point, migration, direction, run) VALUES ('before-run', '${migration}', '${direction}', '${run_id}');

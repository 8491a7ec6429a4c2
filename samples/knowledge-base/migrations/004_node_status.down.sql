DROP INDEX idx_nodes_status;
ALTER TABLE nodes DROP COLUMN status;

-- Description: Nodes are active or archived
-- Depends-On: 003_node_domains
ALTER TABLE nodes ADD COLUMN status TEXT NOT NULL DEFAULT 'active';
UPDATE nodes SET status = 'archived' WHERE is_deleted = 1;
CREATE INDEX idx_nodes_status ON nodes(status);

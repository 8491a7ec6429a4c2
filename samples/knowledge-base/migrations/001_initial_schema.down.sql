DROP TRIGGER nodes_fts_update;
DROP TRIGGER nodes_fts_delete;
DROP TRIGGER nodes_fts_insert;
DROP TABLE nodes_fts;
DROP TABLE key_concepts;
DROP TABLE nodes;
DROP TABLE segments;
DROP TABLE organizations;

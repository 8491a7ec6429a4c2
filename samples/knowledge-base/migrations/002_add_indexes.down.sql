DROP INDEX idx_key_concepts_concept;
DROP INDEX idx_nodes_date_added;
DROP INDEX idx_nodes_source_domain;

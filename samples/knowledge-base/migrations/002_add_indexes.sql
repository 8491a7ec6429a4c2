-- Description: Filters and sorting
CREATE INDEX idx_nodes_source_domain ON nodes(source_domain);
CREATE INDEX idx_nodes_date_added ON nodes(date_added DESC);
CREATE INDEX idx_key_concepts_concept ON key_concepts(concept);

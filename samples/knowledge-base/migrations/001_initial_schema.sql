-- Description: Nodes, where they belong, and a full-text search over them
CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE segments (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL
);
CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    url TEXT,
    source_domain TEXT,
    author TEXT,
    organization_id TEXT REFERENCES organizations(id),
    segment_code TEXT REFERENCES segments(code),
    is_deleted INTEGER NOT NULL DEFAULT 0 CHECK (is_deleted IN (0, 1)),
    date_added TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE key_concepts (
    node_id TEXT NOT NULL REFERENCES nodes(id) ON DELETE CASCADE,
    concept TEXT NOT NULL,
    PRIMARY KEY (node_id, concept)
);
CREATE VIRTUAL TABLE nodes_fts USING fts5(title, author, content='nodes', content_rowid='rowid');
CREATE TRIGGER nodes_fts_insert AFTER INSERT ON nodes BEGIN
    INSERT INTO nodes_fts(rowid, title, author) VALUES (new.rowid, new.title, new.author);
END;
CREATE TRIGGER nodes_fts_delete AFTER DELETE ON nodes BEGIN
    INSERT INTO nodes_fts(nodes_fts, rowid, title, author) VALUES ('delete', old.rowid, old.title, old.author);
END;
CREATE TRIGGER nodes_fts_update AFTER UPDATE OF title, author ON nodes BEGIN
    INSERT INTO nodes_fts(nodes_fts, rowid, title, author) VALUES ('delete', old.rowid, old.title, old.author);
    INSERT INTO nodes_fts(rowid, title, author) VALUES (new.rowid, new.title, new.author);
END;

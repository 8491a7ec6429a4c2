-- Migration: product_search
-- Description: Full-text search over products, kept up to date by triggers
-- Version: 1.2.0

CREATE VIRTUAL TABLE products_search USING fts5 (name, about, content = 'products', content_rowid = 'id');

CREATE TRIGGER products_inserted AFTER INSERT ON products BEGIN
    INSERT INTO products_search (rowid, name, about) VALUES (new.id, new.name, new.about);
END;

CREATE TRIGGER products_deleted AFTER DELETE ON products BEGIN
    INSERT INTO products_search (products_search, rowid, name, about) VALUES ('delete', old.id, old.name, old.about);
END;

CREATE TRIGGER products_updated AFTER UPDATE ON products BEGIN
    INSERT INTO products_search (products_search, rowid, name, about) VALUES ('delete', old.id, old.name, old.about);
    INSERT INTO products_search (rowid, name, about) VALUES (new.id, new.name, new.about);
END;

INSERT INTO products_search (products_search) VALUES ('rebuild');

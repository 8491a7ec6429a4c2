-- Migration: 0001_words.sql
-- Created: 2025-03-09
-- Description: Musical words, with a full-text search

-- Up Migration
CREATE TABLE words (
  id INTEGER PRIMARY KEY,
  word TEXT NOT NULL,
  language TEXT NOT NULL DEFAULT 'it',
  meaning TEXT NOT NULL,
  UNIQUE (word, language)
);

CREATE VIRTUAL TABLE words_search USING fts5 (word, meaning, content = words, content_rowid = id);

CREATE TRIGGER words_added AFTER INSERT ON words
BEGIN
  INSERT INTO words_search (rowid, word, meaning) VALUES (NEW.id, NEW.word, NEW.meaning);
END;

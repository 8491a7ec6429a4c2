-- Migration: 0001_pieces.sql
-- Created: 2025-03-05
-- Description: Pieces of music and their pages

-- Up Migration
CREATE TABLE pieces (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  title TEXT NOT NULL,
  composer TEXT NOT NULL,
  difficulty INTEGER CHECK (difficulty BETWEEN 1 AND 10),
  is_public INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL DEFAULT (unixepoch())
);

CREATE INDEX pieces_public ON pieces (created_at DESC) WHERE is_public = 1;

CREATE TABLE pages (
  id TEXT PRIMARY KEY,
  piece_id TEXT NOT NULL REFERENCES pieces (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  UNIQUE (piece_id, number)
);

-- Migration: 0001_rooms.sql
-- Created: 2025-05-20
-- Description: Rooms in which members play together

-- Up Migration
CREATE TABLE rooms (
  id TEXT PRIMARY KEY,
  piece_id TEXT NOT NULL,
  opened_at INTEGER NOT NULL DEFAULT (unixepoch())
);

CREATE TABLE messages (
  id TEXT PRIMARY KEY,
  room_id TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  body TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'pending'
);

CREATE INDEX messages_status ON messages (status);

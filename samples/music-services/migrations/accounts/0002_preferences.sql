-- Migration: 0002_preferences.sql
-- Created: 2025-04-11
-- Description: One row of preferences for each member

-- Up Migration
CREATE TABLE preferences (
  member_id TEXT PRIMARY KEY REFERENCES members (id) ON DELETE CASCADE,
  theme TEXT NOT NULL DEFAULT 'light',
  notifications TEXT NOT NULL DEFAULT '{}',
  updated_at INTEGER NOT NULL DEFAULT (unixepoch())
);

CREATE TRIGGER preferences_touched AFTER UPDATE OF theme, notifications ON preferences
BEGIN
  UPDATE preferences SET updated_at = unixepoch() WHERE member_id = NEW.member_id;
END;

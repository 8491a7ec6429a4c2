-- Migration: customers
-- Description: Customers, with free-form preferences
-- Version: 1.0.0

CREATE TABLE customers (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email       text NOT NULL UNIQUE,
    name        text NOT NULL,
    preferences jsonb NOT NULL DEFAULT '{}',
    updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX customers_preferences ON customers USING gin (preferences);

COMMENT ON COLUMN customers.preferences IS 'What the customer chose; keys are owned by the web shop';

INSERT INTO customers (email, name, preferences)
VALUES ('ada@example.com', 'Ada', '{"language": "en"}'),
       ('grace@example.com', 'Grace', '{"language": "en", "newsletter": true}');

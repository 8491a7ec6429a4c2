-- Migration: customers
-- Description: Customers and their addresses
-- Version: 1.0.0

CREATE TABLE customers (
    id         INTEGER PRIMARY KEY,
    email      TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE addresses (
    id          INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    street      TEXT NOT NULL,
    city        TEXT NOT NULL
);

CREATE INDEX addresses_customer ON addresses (customer_id);

INSERT INTO customers (id, email, name)
VALUES (1, 'ada@example.com', 'Ada'),
       (2, 'grace@example.com', 'Grace');

INSERT INTO addresses (customer_id, street, city)
VALUES (1, '12 St James''s Square', 'London'),
       (2, '1 Navy Yard', 'Arlington');

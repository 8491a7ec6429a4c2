-- Migration: order_status
-- Description: Only known statuses; SQLite adds a CHECK by rebuilding the table
-- Version: 1.3.0
--
-- orders has children (order_lines) that cascade: dropping it would empty them. The engine sees the DROP TABLE, keeps
-- foreign keys unenforced while the script runs, and checks before the commit that no row and no key was lost.

CREATE TABLE orders_new (
    id          INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    status      TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'paid', 'sent', 'returned')),
    ordered_at  TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO orders_new (id, customer_id, status, ordered_at)
SELECT id, customer_id, status, ordered_at FROM orders;

DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;

CREATE INDEX orders_open ON orders (ordered_at) WHERE status = 'open';

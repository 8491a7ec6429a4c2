CREATE TABLE orders_old (
    id          INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    status      TEXT NOT NULL DEFAULT 'open',
    ordered_at  TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO orders_old (id, customer_id, status, ordered_at)
SELECT id, customer_id, status, ordered_at FROM orders;

DROP TABLE orders;
ALTER TABLE orders_old RENAME TO orders;

CREATE INDEX orders_open ON orders (ordered_at) WHERE status = 'open';

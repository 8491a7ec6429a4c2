-- Migration: orders
-- Description: Products, orders and their lines
-- Version: 1.1.0
-- Depends-On: 001_customers

CREATE TABLE products (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL,
    about TEXT NOT NULL DEFAULT '',
    price INTEGER NOT NULL CHECK (price >= 0)   -- in cents
);

CREATE TABLE orders (
    id          INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    status      TEXT NOT NULL DEFAULT 'open',
    ordered_at  TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE order_lines (
    order_id   INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, product_id)
) WITHOUT ROWID;

CREATE INDEX orders_open ON orders (ordered_at) WHERE status = 'open';

INSERT INTO products (id, name, about, price)
VALUES (1, 'Difference engine', 'Brass and steel; computes polynomials', 250000),
       (2, 'Nanosecond', 'Thirty centimetres of wire', 100);

INSERT INTO orders (id, customer_id) VALUES (1, 1), (2, 2);
INSERT INTO order_lines VALUES (1, 1, 1), (2, 2, 25);

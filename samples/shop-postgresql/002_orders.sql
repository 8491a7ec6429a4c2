-- Migration: orders
-- Description: Orders with a status
-- Version: 1.1.0
-- Depends-On: 001_customers

CREATE TYPE order_status AS ENUM ('open', 'paid', 'sent');

CREATE TABLE orders (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    status      order_status NOT NULL DEFAULT 'open',
    total       numeric(12, 2) NOT NULL CHECK (total >= 0),
    ordered_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

-- Most orders are closed; the work list looks at the open ones only.
CREATE INDEX orders_open ON orders (ordered_at) WHERE status = 'open';

INSERT INTO orders (customer_id, total)
SELECT id, 25 FROM customers;

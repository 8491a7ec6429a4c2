-- PostgreSQL cannot remove a value from an enum: the type is recreated, and the column gets the new one.
DROP INDEX orders_open;

ALTER TYPE order_status RENAME TO order_status_old;
CREATE TYPE order_status AS ENUM ('open', 'paid', 'sent');

ALTER TABLE orders ALTER COLUMN status DROP DEFAULT;
ALTER TABLE orders ALTER COLUMN status TYPE order_status USING
    (CASE status::text WHEN 'returned' THEN 'sent' ELSE status::text END)::order_status;
ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'open';
DROP TYPE order_status_old;

CREATE INDEX orders_open ON orders (ordered_at) WHERE status = 'open';

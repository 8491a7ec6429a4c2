-- PostgreSQL cannot take a value out of an enum: the type is made anew, and the column changes over.
DROP INDEX orders_open;

ALTER TYPE order_status RENAME TO order_status_old;
CREATE TYPE order_status AS ENUM ('open', 'paid', 'sent');

ALTER TABLE orders ALTER COLUMN status DROP DEFAULT;
ALTER TABLE orders ALTER COLUMN status TYPE order_status USING
    (CASE status::text WHEN 'returned' THEN 'sent' ELSE status::text END)::order_status;
ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'open';
DROP TYPE order_status_old;

CREATE INDEX orders_open ON orders (ordered_at) WHERE status = 'open';

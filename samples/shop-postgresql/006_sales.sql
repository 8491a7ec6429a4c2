-- Migration: sales
-- Description: Sales per day, refreshed at night
-- Version: 1.5.0
-- Depends-On: 002

CREATE MATERIALIZED VIEW sales AS
SELECT ordered_at::date AS day, count(*) AS orders, sum(total) AS total
FROM orders
WHERE status IN ('paid', 'sent')
GROUP BY ordered_at::date;

CREATE UNIQUE INDEX sales_day ON sales (day);

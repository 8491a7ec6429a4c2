-- Migration: orders_by_customer
-- Description: An index that is built while the shop goes on selling
-- Version: 1.3.0
--
-- CREATE INDEX CONCURRENTLY cannot run in a transaction. It is the only statement of this file, so no
-- "Transaction: none" is needed; if the run is killed here, the next one finds and drops the invalid index.

CREATE INDEX CONCURRENTLY orders_by_customer ON orders (customer_id, ordered_at DESC);

-- Migration: order_returned
-- Description: Orders can come back
-- Version: 1.4.0

ALTER TYPE order_status ADD VALUE 'returned' AFTER 'sent';

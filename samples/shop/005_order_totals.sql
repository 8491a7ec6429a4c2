-- Migration: order_totals
-- Description: A view of what each order costs
-- Version: 1.4.0
-- Depends-On: 002

CREATE VIEW order_totals AS
SELECT orders.id, customers.name AS customer, orders.status, sum(order_lines.quantity * products.price) AS total
FROM orders
JOIN customers ON customers.id = orders.customer_id
JOIN order_lines ON order_lines.order_id = orders.id
JOIN products ON products.id = order_lines.product_id
GROUP BY orders.id, customers.name, orders.status;

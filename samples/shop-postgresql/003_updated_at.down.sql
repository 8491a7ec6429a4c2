DROP TRIGGER orders_updated_at ON orders;
DROP TRIGGER customers_updated_at ON customers;
DROP FUNCTION set_updated_at();

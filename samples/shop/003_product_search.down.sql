DROP TRIGGER products_updated;
DROP TRIGGER products_deleted;
DROP TRIGGER products_inserted;
DROP TABLE products_search;

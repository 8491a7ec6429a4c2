CREATE TABLE a (id integer, migration text);

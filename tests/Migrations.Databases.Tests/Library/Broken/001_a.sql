CREATE TABLE a (id integer);
SELECT nothing FROM nowhere;

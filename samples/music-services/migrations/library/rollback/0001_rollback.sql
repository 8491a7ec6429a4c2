DROP TABLE pages;
DROP TABLE pieces;

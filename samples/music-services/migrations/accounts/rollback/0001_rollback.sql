DROP TABLE devices;
DROP TABLE members;

DROP TRIGGER words_added;
DROP TABLE words_search;
DROP TABLE words;

DROP TABLE book_words;
DROP TABLE book_words_due;

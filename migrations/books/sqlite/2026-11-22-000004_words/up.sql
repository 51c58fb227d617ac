-- The words of a book's title, author and description, in small letters; a longer word's first 64 characters.
-- They are kept in the transaction that changes the book.
CREATE TABLE book_words (
    word TEXT NOT NULL,
    isbn_key TEXT NOT NULL,
    PRIMARY KEY (word, isbn_key)
) WITHOUT ROWID;
CREATE INDEX book_words_by_isbn ON book_words (isbn_key);

-- One row: the words of the books behind this key are still to be made. A service does so when it starts, and removes
-- the row at the end. With `REPLACE INTO book_words_due VALUES (1, '')` the next start makes all of them anew.
CREATE TABLE book_words_due (
    id BIGINT NOT NULL PRIMARY KEY,
    behind TEXT NOT NULL
) WITHOUT ROWID;

INSERT INTO book_words_due VALUES (1, '');

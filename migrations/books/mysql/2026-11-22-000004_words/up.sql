-- The words of a book's title, author and description, in small letters; a longer word's first 64 characters.
-- They are kept in the transaction that changes the book. No key points at books: not all that speak MySQL's
-- protocol have such keys.
CREATE TABLE IF NOT EXISTS book_words (
    word VARCHAR(64) NOT NULL,
    isbn_key VARCHAR(20) NOT NULL,
    PRIMARY KEY (word, isbn_key),
    KEY book_words_by_isbn (isbn_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- One row: the words of the books behind this key are still to be made. A service does so when it starts, and removes
-- the row at the end. With `REPLACE INTO book_words_due VALUES (1, '')` the next start makes all of them anew.
CREATE TABLE IF NOT EXISTS book_words_due (
    id BIGINT NOT NULL PRIMARY KEY,
    behind VARCHAR(20) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

REPLACE INTO book_words_due VALUES (1, '');

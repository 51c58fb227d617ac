-- isbn_key is the ISBN without hyphens and in capitals: what makes two spellings the same book.
-- isbn is the ISBN as it was written.
CREATE TABLE books (
    isbn_key TEXT NOT NULL PRIMARY KEY,
    isbn TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    description TEXT NOT NULL,
    genre TEXT NOT NULL,
    price_cents BIGINT NOT NULL CHECK (price_cents > 0),
    quantity BIGINT NOT NULL CHECK (quantity >= 0)
) WITHOUT ROWID;
CREATE INDEX books_by_title ON books (title, isbn_key);
CREATE INDEX books_by_author ON books (author, isbn_key);
CREATE INDEX books_by_genre ON books (genre, isbn_key);
CREATE INDEX books_by_price ON books (price_cents, isbn_key);

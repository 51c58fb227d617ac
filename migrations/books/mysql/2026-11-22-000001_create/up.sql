-- isbn_key is the ISBN without hyphens and in capitals: what makes two spellings the same book.
-- isbn is the ISBN as it was written. Binary collations sort and compare like SQLite does.
CREATE TABLE books (
    isbn_key VARCHAR(20) NOT NULL PRIMARY KEY,
    isbn VARCHAR(20) NOT NULL,
    title VARCHAR(500) NOT NULL,
    author VARCHAR(300) NOT NULL,
    description TEXT NOT NULL,
    genre VARCHAR(100) NOT NULL,
    price_cents BIGINT NOT NULL CHECK (price_cents > 0),
    quantity BIGINT NOT NULL CHECK (quantity >= 0),
    KEY books_by_title (title, isbn_key),
    KEY books_by_author (author, isbn_key),
    KEY books_by_genre (genre, isbn_key),
    KEY books_by_price (price_cents, isbn_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

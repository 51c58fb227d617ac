-- isbn_key is the ISBN without hyphens, in capitals. author is the subject of a token.
-- excerpt is what some clients want instead of text, which is then not read.
-- A version tells one state of a row from every other that it had. created_at is in seconds since 1970.
CREATE TABLE reviews (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    isbn_key TEXT NOT NULL,
    author TEXT NOT NULL,
    stars INTEGER NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    excerpt TEXT GENERATED ALWAYS AS (SUBSTR(text, 1, 200)) VIRTUAL,
    verified BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX reviews_by_author ON reviews (isbn_key, author);
CREATE INDEX reviews_by_book ON reviews (isbn_key, id);
CREATE INDEX reviews_by_buyer ON reviews (isbn_key, verified, id);
CREATE INDEX reviews_by_stars ON reviews (isbn_key, stars);

-- isbn_key is the ISBN without hyphens, in capitals. author is the subject of a token.
-- excerpt is what some clients want instead of text, which is then not read.
-- A version tells one state of a row from every other that it had. created_at is in seconds since 1970.
CREATE TABLE reviews (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    isbn_key VARCHAR(20) NOT NULL,
    author VARCHAR(254) NOT NULL,
    stars INT NOT NULL,
    title VARCHAR(200) NOT NULL,
    text TEXT NOT NULL,
    excerpt TEXT GENERATED ALWAYS AS (SUBSTR(text, 1, 200)) VIRTUAL,
    verified BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE KEY reviews_by_author (isbn_key, author),
    KEY reviews_by_book (isbn_key, id),
    KEY reviews_by_buyer (isbn_key, verified, id),
    KEY reviews_by_stars (isbn_key, stars)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

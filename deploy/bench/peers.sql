-- The tables of the peers, as they would write them.
CREATE TABLE books (
    isbn VARCHAR(20) NOT NULL PRIMARY KEY,
    title VARCHAR(500) NOT NULL,
    author VARCHAR(300) NOT NULL,
    description TEXT NOT NULL,
    genre VARCHAR(100) NOT NULL,
    price DECIMAL(10, 2) NOT NULL,
    quantity INT NOT NULL,
    KEY books_by_title (title, isbn),
    KEY books_by_author (author, isbn),
    KEY books_by_genre (genre, isbn),
    KEY books_by_price (price, isbn)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE customers (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id VARCHAR(254) NOT NULL UNIQUE,
    name VARCHAR(200) NOT NULL,
    phone VARCHAR(50) NOT NULL,
    address VARCHAR(200) NOT NULL,
    address2 VARCHAR(200),
    city VARCHAR(100) NOT NULL,
    state VARCHAR(2) NOT NULL,
    zipcode VARCHAR(20) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

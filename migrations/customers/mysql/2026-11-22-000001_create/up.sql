-- user_key is the user ID in small letters: what makes two spellings the same customer.
-- user_id is the user ID as it was written. Binary collations sort and compare like SQLite does.
CREATE TABLE customers (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_key VARCHAR(254) NOT NULL,
    user_id VARCHAR(254) NOT NULL,
    name VARCHAR(200) NOT NULL,
    phone VARCHAR(50) NOT NULL,
    address VARCHAR(200) NOT NULL,
    address2 VARCHAR(200),
    city VARCHAR(100) NOT NULL,
    state VARCHAR(2) NOT NULL,
    zipcode VARCHAR(20) NOT NULL,
    UNIQUE KEY customers_by_user (user_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

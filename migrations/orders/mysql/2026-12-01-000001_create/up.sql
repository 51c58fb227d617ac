-- An order as it is: made of its history, and made anew of it by `order-service rebuild`. order_id is random and fits 31 bits,
-- n is the order in which they came. Amounts are in cents, times in milliseconds since 1970. products is a JSON list.
-- due_at is when somebody looks whether its step is late; nothing when no step is to come. It is of no history.
CREATE TABLE orders (
    n BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_id BIGINT NOT NULL,
    account VARCHAR(254) NOT NULL,
    customer_name VARCHAR(200) NOT NULL,
    customer_email VARCHAR(254) NOT NULL,
    customer_phone VARCHAR(40) NOT NULL,
    customer_street VARCHAR(200) NOT NULL,
    customer_city VARCHAR(100) NOT NULL,
    customer_type VARCHAR(3) NOT NULL,
    customer_market VARCHAR(2) NOT NULL,
    products MEDIUMTEXT NOT NULL,
    total_price BIGINT NOT NULL,
    local_price BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    payment_method_id VARCHAR(100),
    org_number VARCHAR(20),
    test_id BIGINT NOT NULL,
    status VARCHAR(20) NOT NULL,
    payment_status VARCHAR(20) NOT NULL,
    delivery_time VARCHAR(20),
    reason VARCHAR(500),
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    due_at BIGINT,
    UNIQUE KEY orders_by_id (order_id),
    KEY orders_by_account (account, n),
    KEY orders_by_test (test_id, n),
    KEY orders_by_due (due_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- What became of each order: only ever added to. status and payment_status are those after it; data says the rest, in JSON.
-- When an account is removed, the names and addresses in it are blanked, and that is told by an entry of its own.
CREATE TABLE order_history (
    order_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    at BIGINT NOT NULL,
    entry VARCHAR(30) NOT NULL,
    status VARCHAR(20) NOT NULL,
    payment_status VARCHAR(20) NOT NULL,
    data MEDIUMTEXT NOT NULL,
    PRIMARY KEY (order_id, n)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The books that can be ordered, as the book service told of them last. event_id is that of the event that did: ids grow
-- with time, so an older one changes nothing. One that was removed stays, as such.
CREATE TABLE offers (
    isbn_key VARCHAR(20) NOT NULL PRIMARY KEY,
    isbn VARCHAR(20) NOT NULL,
    title VARCHAR(500) NOT NULL,
    price_cents BIGINT NOT NULL,
    removed BOOLEAN NOT NULL,
    event_id VARCHAR(64) NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

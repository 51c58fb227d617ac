-- An order as it is: made of its history, and made anew of it by `order-service rebuild`. order_id is random and fits 31 bits,
-- n is the order in which they came. Amounts are in cents, times in milliseconds since 1970. products is a JSON list.
-- due_at is when somebody looks whether its step is late; nothing when no step is to come. It is of no history.
CREATE TABLE orders (
    n INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    order_id BIGINT NOT NULL,
    account TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    customer_email TEXT NOT NULL,
    customer_phone TEXT NOT NULL,
    customer_street TEXT NOT NULL,
    customer_city TEXT NOT NULL,
    customer_type TEXT NOT NULL,
    customer_market TEXT NOT NULL,
    products TEXT NOT NULL,
    total_price BIGINT NOT NULL,
    local_price BIGINT NOT NULL,
    currency TEXT NOT NULL,
    payment_method_id TEXT,
    org_number TEXT,
    test_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    payment_status TEXT NOT NULL,
    delivery_time TEXT,
    reason TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    due_at BIGINT
);
CREATE UNIQUE INDEX orders_by_id ON orders (order_id);
CREATE INDEX orders_by_account ON orders (account, n);
CREATE INDEX orders_by_test ON orders (test_id, n);
CREATE INDEX orders_by_due ON orders (due_at);

-- What became of each order: only ever added to. status and payment_status are those after it; data says the rest, in JSON.
-- When an account is removed, the names and addresses in it are blanked, and that is told by an entry of its own.
CREATE TABLE order_history (
    order_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    at BIGINT NOT NULL,
    entry TEXT NOT NULL,
    status TEXT NOT NULL,
    payment_status TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (order_id, n)
);

-- The books that can be ordered, as the book service told of them last. event_id is that of the event that did: ids grow
-- with time, so an older one changes nothing. One that was removed stays, as such.
CREATE TABLE offers (
    isbn_key TEXT NOT NULL PRIMARY KEY,
    isbn TEXT NOT NULL,
    title TEXT NOT NULL,
    price_cents BIGINT NOT NULL,
    removed BOOLEAN NOT NULL,
    event_id TEXT NOT NULL
);

-- user_key is the user ID in small letters: what makes two spellings the same customer.
-- user_id is the user ID as it was written. AUTOINCREMENT never gives a deleted customer's id again.
CREATE TABLE customers (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_key TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    address TEXT NOT NULL,
    address2 TEXT,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    zipcode TEXT NOT NULL
);
CREATE UNIQUE INDEX customers_by_user ON customers (user_key);

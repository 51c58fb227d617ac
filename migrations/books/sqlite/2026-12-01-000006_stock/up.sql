-- What was done about an order: its books are put aside (TAKEN: how many of which), there were too few (REJECTED: of which),
-- or they are given back (RELEASED).
CREATE TABLE book_orders (
    order_id BIGINT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    products TEXT NOT NULL
);

-- One row: others have not been told yet of the books behind this key. A service does so when it starts, and removes the row
-- at the end. With `REPLACE INTO books_to_tell VALUES (1, '')` the next start tells of all of them anew.
CREATE TABLE books_to_tell (
    id BIGINT NOT NULL PRIMARY KEY,
    behind TEXT NOT NULL
);

REPLACE INTO books_to_tell VALUES (1, '');

-- The delivery of an order, known since the order is: where it goes, once its books are put aside, and when, once that is
-- booked, in milliseconds since 1970. What comes to nothing keeps no address.
CREATE TABLE deliveries (
    order_id BIGINT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    phone TEXT NOT NULL,
    street TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    delivery_time BIGINT
);

-- How many deliveries of a time are booked in a city, whose name is in small letters.
CREATE TABLE delivery_times (
    city TEXT NOT NULL,
    at BIGINT NOT NULL,
    booked BIGINT NOT NULL,
    PRIMARY KEY (city, at)
);

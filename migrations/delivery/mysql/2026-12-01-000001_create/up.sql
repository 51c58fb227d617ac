-- The delivery of an order, known since the order is: where it goes, once its books are put aside, and when, once that is
-- booked, in milliseconds since 1970. What comes to nothing keeps no address.
CREATE TABLE deliveries (
    order_id BIGINT NOT NULL PRIMARY KEY,
    account VARCHAR(254) NOT NULL,
    name VARCHAR(200) NOT NULL,
    email VARCHAR(254) NOT NULL,
    phone VARCHAR(40) NOT NULL,
    street VARCHAR(200) NOT NULL,
    city VARCHAR(100) NOT NULL,
    state VARCHAR(20) NOT NULL,
    delivery_time BIGINT
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- How many deliveries of a time are booked in a city, whose name is in small letters.
CREATE TABLE delivery_times (
    city VARCHAR(100) NOT NULL,
    at BIGINT NOT NULL,
    booked BIGINT NOT NULL,
    PRIMARY KEY (city, at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

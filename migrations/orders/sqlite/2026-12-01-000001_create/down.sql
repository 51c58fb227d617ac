DROP TABLE offers;
DROP TABLE order_history;
DROP TABLE orders;

DROP TABLE books_to_tell;
DROP TABLE book_orders;

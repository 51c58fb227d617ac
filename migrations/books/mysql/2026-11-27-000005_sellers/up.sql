-- The id of the account that sells a book; nothing for the bookstore's own.
ALTER TABLE books ADD COLUMN seller VARCHAR(64), ADD KEY books_by_seller (seller, isbn_key);

-- The id of the account that sells a book; nothing for the bookstore's own.
ALTER TABLE books ADD COLUMN seller TEXT;
CREATE INDEX books_by_seller ON books (seller, isbn_key);

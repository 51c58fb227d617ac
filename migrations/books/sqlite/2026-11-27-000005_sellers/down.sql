DROP INDEX books_by_seller;
ALTER TABLE books DROP COLUMN seller;

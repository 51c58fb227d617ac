ALTER TABLE books DROP KEY books_by_seller, DROP COLUMN seller;

DROP INDEX reviews_of_author;

DROP INDEX reviews_of_author ON reviews;

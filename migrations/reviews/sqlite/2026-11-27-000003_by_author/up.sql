-- For the reviews of somebody who goes.
CREATE INDEX reviews_of_author ON reviews (author);

-- A version tells one state of a row from every other that it had. It is random and written anew at every change.
-- Rows that were there before share one; a row that is made or changed later never gets it.
ALTER TABLE books ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

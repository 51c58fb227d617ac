-- id is a hash of who sent the key, for what, and the key; fingerprint one of the input that came with it.
-- outcome is what the first request led to, in JSON; expires_at is in seconds since 1970.
CREATE TABLE idempotency_keys (
    id TEXT NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    outcome TEXT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

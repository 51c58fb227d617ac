-- id is a hash of who sent the key, for what, and the key; fingerprint one of the input that came with it.
-- outcome is what the first request led to, in JSON; expires_at is in seconds since 1970.
CREATE TABLE idempotency_keys (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    fingerprint VARCHAR(64) NOT NULL,
    outcome MEDIUMTEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    KEY idempotency_keys_by_expiry (expires_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

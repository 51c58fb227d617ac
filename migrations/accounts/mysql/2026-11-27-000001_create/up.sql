-- Ids are UUIDs. email_key is the address in small letters. password is an Argon2id hash (PHC string), when there is one.
-- A version tells one state of an account, its sessions included, from every other that it had.
-- Times are in seconds since 1970, those that end in _ms in milliseconds.
CREATE TABLE accounts (
    id CHAR(36) NOT NULL PRIMARY KEY,
    email_key VARCHAR(254) NOT NULL,
    email VARCHAR(254) NOT NULL,
    name VARCHAR(200) NOT NULL,
    role VARCHAR(10) NOT NULL,
    password VARCHAR(200),
    email_verified BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE KEY accounts_by_email (email_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE sessions (
    id CHAR(36) NOT NULL PRIMARY KEY,
    account CHAR(36) NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    KEY sessions_by_account (account, used_at),
    KEY sessions_by_end (ends_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- hash is the SHA-256 of the token, which is kept nowhere. A token is used once.
CREATE TABLE refresh_tokens (
    hash CHAR(64) NOT NULL PRIMARY KEY,
    session CHAR(36) NOT NULL,
    used BOOLEAN NOT NULL,
    expires_at BIGINT NOT NULL,
    KEY refresh_tokens_by_session (session),
    KEY refresh_tokens_by_expiry (expires_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- Sessions that ended by themselves are not here: their tokens ran out with them.
CREATE TABLE ended_sessions (
    id CHAR(36) NOT NULL PRIMARY KEY,
    ended_at_ms BIGINT NOT NULL,
    KEY ended_sessions_by_time (ended_at_ms)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE password_resets (
    hash CHAR(64) NOT NULL PRIMARY KEY,
    account CHAR(36) NOT NULL,
    expires_at BIGINT NOT NULL,
    KEY password_resets_by_account (account),
    KEY password_resets_by_expiry (expires_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- Who tries to guess: id is a hash of whom or from where; until full_at_ms some of their tries are missing.
CREATE TABLE attempts (
    id CHAR(64) NOT NULL PRIMARY KEY,
    full_at_ms BIGINT NOT NULL,
    KEY attempts_by_time (full_at_ms)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- From where somebody signed in before: id is a hash of the account and the address.
CREATE TABLE known_addresses (
    id CHAR(64) NOT NULL PRIMARY KEY,
    account CHAR(36) NOT NULL,
    used_at BIGINT NOT NULL,
    KEY known_addresses_by_account (account, used_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- kid is the key's thumbprint (RFC 7638), private its PKCS #8 in base64. The key that signs is the one that began last.
CREATE TABLE signing_keys (
    kid VARCHAR(64) NOT NULL PRIMARY KEY,
    private TEXT NOT NULL,
    signs_from BIGINT NOT NULL,
    UNIQUE KEY signing_keys_by_time (signs_from)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- Ids are UUIDs. email_key is the address in small letters. password is an Argon2id hash (PHC string), when there is one.
-- A version tells one state of an account, its sessions included, from every other that it had.
-- Times are in seconds since 1970, those that end in _ms in milliseconds.
CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    email_key TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT,
    email_verified BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX accounts_by_email ON accounts (email_key);
CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_account ON sessions (account, used_at);
CREATE INDEX sessions_by_end ON sessions (ends_at);
-- hash is the SHA-256 of the token, which is kept nowhere. A token is used once.
CREATE TABLE refresh_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    session TEXT NOT NULL,
    used BOOLEAN NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);
-- Sessions that ended by themselves are not here: their tokens ran out with them.
CREATE TABLE ended_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    ended_at_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX ended_sessions_by_time ON ended_sessions (ended_at_ms);
CREATE TABLE password_resets (
    hash TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX password_resets_by_account ON password_resets (account);
CREATE INDEX password_resets_by_expiry ON password_resets (expires_at);
-- Who tries to guess: id is a hash of whom or from where; until full_at_ms some of their tries are missing.
CREATE TABLE attempts (
    id TEXT NOT NULL PRIMARY KEY,
    full_at_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX attempts_by_time ON attempts (full_at_ms);
-- From where somebody signed in before: id is a hash of the account and the address.
CREATE TABLE known_addresses (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    used_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX known_addresses_by_account ON known_addresses (account, used_at);
-- kid is the key's thumbprint (RFC 7638), private its PKCS #8 in base64. The key that signs is the one that began last.
CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    private TEXT NOT NULL,
    signs_from BIGINT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX signing_keys_by_time ON signing_keys (signs_from);

DROP TABLE signing_keys;
DROP TABLE known_addresses;
DROP TABLE attempts;
DROP TABLE password_resets;
DROP TABLE ended_sessions;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE accounts;

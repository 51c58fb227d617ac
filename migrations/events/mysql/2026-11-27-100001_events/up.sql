-- outbox: events that were told with a change and have not all arrived, one row for each target. body is a CloudEvent in JSON.
-- inbox: the ids of those that were heard. inbox_waiting: those that failed, and those of the same subject behind them.
-- leases: which process does what only one does at a time. All times are in milliseconds since 1970.
CREATE TABLE outbox (
    n BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    target VARCHAR(32) NOT NULL,
    id VARCHAR(64) NOT NULL,
    type VARCHAR(64) NOT NULL,
    body MEDIUMTEXT NOT NULL,
    created_at BIGINT NOT NULL,
    KEY outbox_by_target (target, n)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE inbox (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    received_at BIGINT NOT NULL,
    KEY inbox_by_age (received_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE inbox_waiting (
    n BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    id VARCHAR(64) NOT NULL,
    type VARCHAR(64) NOT NULL,
    subject VARCHAR(254) NOT NULL,
    body MEDIUMTEXT NOT NULL,
    error TEXT NOT NULL,
    attempts INT NOT NULL,
    due_at BIGINT NOT NULL,
    parked BOOLEAN NOT NULL,
    UNIQUE KEY inbox_waiting_by_id (id),
    KEY inbox_waiting_by_subject (subject, parked, n),
    KEY inbox_waiting_by_time (parked, due_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE leases (
    name VARCHAR(64) NOT NULL PRIMARY KEY,
    holder VARCHAR(36) NOT NULL,
    ends_at BIGINT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

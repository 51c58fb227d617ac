-- outbox: events that were told with a change and have not all arrived, one row for each target. body is a CloudEvent in JSON.
-- inbox: the ids of those that were heard. inbox_waiting: those that failed, and those of the same subject behind them.
-- leases: which process does what only one does at a time. All times are in milliseconds since 1970.
CREATE TABLE outbox (
    n INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    target TEXT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX outbox_by_target ON outbox (target, n);
CREATE TABLE inbox (
    id TEXT NOT NULL PRIMARY KEY,
    received_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX inbox_by_age ON inbox (received_at);
CREATE TABLE inbox_waiting (
    n INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    error TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    parked BOOLEAN NOT NULL
);
CREATE INDEX inbox_waiting_by_subject ON inbox_waiting (subject, parked, n);
CREATE INDEX inbox_waiting_by_time ON inbox_waiting (parked, due_at);
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    ends_at BIGINT NOT NULL
) WITHOUT ROWID;

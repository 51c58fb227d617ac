-- The payment of an order. amount is in the cents of its currency; times are in milliseconds since 1970. method is nothing
-- for an invoice. ended: the order came to nothing, and what was taken is to be given back. due_at is when the provider is
-- asked next; while it is being asked, when another process may. first_asked_at is when it was asked first for what it is asked for now.
-- traceparent is the trace of the order (W3C Trace Context).
CREATE TABLE payments (
    order_id BIGINT NOT NULL PRIMARY KEY,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    method TEXT,
    state TEXT NOT NULL,
    ended BOOLEAN NOT NULL,
    provider_id TEXT,
    reason TEXT,
    attempts BIGINT NOT NULL,
    first_asked_at BIGINT,
    due_at BIGINT,
    traceparent TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX payments_by_due ON payments (due_at);

-- The ledger, in double entry: only ever added to. The cents of one kind of one order add up to nothing; what an account
-- gets is above 0. The key keeps anything from being entered twice.
CREATE TABLE ledger (
    n INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    cents BIGINT NOT NULL,
    currency TEXT NOT NULL
);
CREATE UNIQUE INDEX ledger_once ON ledger (order_id, kind, account);
CREATE INDEX ledger_by_time ON ledger (at, n);

-- The book of the sandbox provider, which is there when no other one is set. No money moves.
CREATE TABLE sandbox_intents (
    id TEXT NOT NULL PRIMARY KEY,
    idempotency_key TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    method TEXT NOT NULL,
    status TEXT NOT NULL,
    refunded BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX sandbox_intents_by_key ON sandbox_intents (idempotency_key);

-- The payment of an order. amount is in the cents of its currency; times are in milliseconds since 1970. method is nothing
-- for an invoice. ended: the order came to nothing, and what was taken is to be given back. due_at is when the provider is
-- asked next; while it is being asked, when another process may. first_asked_at is when it was asked first for what it is asked for now.
-- traceparent is the trace of the order (W3C Trace Context).
CREATE TABLE payments (
    order_id BIGINT NOT NULL PRIMARY KEY,
    amount BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    method VARCHAR(100),
    state VARCHAR(20) NOT NULL,
    ended BOOLEAN NOT NULL,
    provider_id VARCHAR(100),
    reason VARCHAR(200),
    attempts BIGINT NOT NULL,
    first_asked_at BIGINT,
    due_at BIGINT,
    traceparent VARCHAR(55),
    created_at BIGINT NOT NULL,
    KEY payments_by_due (due_at)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The ledger, in double entry: only ever added to. The cents of one kind of one order add up to nothing; what an account
-- gets is above 0. The key keeps anything from being entered twice.
CREATE TABLE ledger (
    n BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at BIGINT NOT NULL,
    order_id BIGINT NOT NULL,
    kind VARCHAR(10) NOT NULL,
    account VARCHAR(20) NOT NULL,
    cents BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    UNIQUE KEY ledger_once (order_id, kind, account),
    KEY ledger_by_time (at, n)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- The book of the sandbox provider, which is there when no other one is set. No money moves.
CREATE TABLE sandbox_intents (
    id VARCHAR(64) NOT NULL PRIMARY KEY,
    idempotency_key VARCHAR(255) NOT NULL,
    amount BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    method VARCHAR(100) NOT NULL,
    status VARCHAR(20) NOT NULL,
    refunded BOOLEAN NOT NULL,
    UNIQUE KEY sandbox_intents_by_key (idempotency_key)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

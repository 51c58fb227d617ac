DROP TABLE sandbox_intents;
DROP TABLE ledger;
DROP TABLE payments;

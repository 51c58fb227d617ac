DROP TABLE outbox;
DROP TABLE inbox;
DROP TABLE inbox_waiting;
DROP TABLE leases;

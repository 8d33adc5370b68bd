-- Keys are forgotten a day after they were used, the oldest first.
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (recorded_at);

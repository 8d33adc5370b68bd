-- What makes retries safe, and what operators changed.

CREATE TABLE idempotency_keys (
    user_id      uuid        NOT NULL,
    key          text        NOT NULL,
    fingerprint  text        NOT NULL,
    operation    text        NOT NULL CHECK (operation IN ('CHARGE', 'HOLD', 'PAY')),
    reference_id uuid        NOT NULL,
    created      boolean     NOT NULL,
    recorded_at  timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);

CREATE TABLE audit_entries (
    concert_id uuid        NOT NULL,
    sequence   bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    entry_id   uuid        NOT NULL,
    action     text        NOT NULL,
    before     jsonb,
    after      jsonb       NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (concert_id, sequence)
);

-- Who is asking, and what they have to spend.

CREATE TABLE users (
    user_id    uuid        PRIMARY KEY,
    name       text,
    token_hash bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE wallets (
    user_id uuid           PRIMARY KEY,
    balance numeric(19, 2) NOT NULL CHECK (balance >= 0),
    entries bigint         NOT NULL CHECK (entries >= 0)
) WITH (fillfactor = 80);

-- Append-only. sequence is dense per wallet: 1, 2, 3, …
CREATE TABLE ledger_entries (
    user_id       uuid           NOT NULL,
    sequence      bigint         NOT NULL CHECK (sequence > 0),
    entry_id      uuid           NOT NULL,
    kind          text           NOT NULL CHECK (kind IN ('CHARGE', 'PAYMENT', 'REFUND')),
    amount        numeric(19, 2) NOT NULL CHECK ((kind = 'PAYMENT') = (amount < 0) OR amount = 0),
    balance_after numeric(19, 2) NOT NULL CHECK (balance_after >= 0),
    reference_id  uuid           CHECK ((reference_id IS NULL) = (kind = 'CHARGE')),
    created_at    timestamptz    NOT NULL,
    PRIMARY KEY (user_id, sequence)
);

CREATE UNIQUE INDEX one_debit_per_payment ON ledger_entries (user_id, reference_id) WHERE kind = 'PAYMENT';

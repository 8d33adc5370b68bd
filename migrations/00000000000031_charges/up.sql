-- Charges by providers that take money. A charge is written down before the provider hears of it, and has one ledger entry
-- once it is paid. leased_until is when the instance that looks it up has had its time.
CREATE TABLE charges (
    charge_id     uuid           PRIMARY KEY,
    user_id       uuid           NOT NULL,
    amount        numeric(19, 2) NOT NULL CHECK (amount > 0),
    currency      text           NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    provider      text           NOT NULL CHECK (provider IN ('stripe', 'toss')),
    state         text           NOT NULL CHECK (state IN ('CREATED', 'PENDING', 'PAID', 'REFUSED', 'EXPIRED')),
    created_at    timestamptz    NOT NULL,
    settled_at    timestamptz    CHECK ((settled_at IS NULL) = (state IN ('CREATED', 'PENDING'))),
    entry_id      uuid           UNIQUE CHECK ((entry_id IS NULL) = (state <> 'PAID')),
    reference     text,
    checkout_url  text,
    expires_at    timestamptz    CHECK ((expires_at IS NULL) = (checkout_url IS NULL)),
    gives_up_at   timestamptz    CHECK ((gives_up_at IS NULL) = (checkout_url IS NULL)),
    look_ups      integer        NOT NULL CHECK (look_ups >= 0),
    look_up_at    timestamptz,
    leased_until  timestamptz,
    CHECK (checkout_url IS NOT NULL OR state <> 'PENDING' AND reference IS NULL),
    CHECK (state <> 'PAID' OR look_up_at IS NULL)
);

CREATE INDEX charges_of_user ON charges (user_id);
CREATE INDEX charges_to_look_up ON charges (look_up_at) WHERE look_up_at IS NOT NULL;

-- How points were charged from when on: each time that an instance starts to charge them in another way than before.
CREATE TABLE charging_modes (
    sequence bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    mode     text        NOT NULL CHECK (mode IN ('play', 'operator', 'stripe', 'toss')),
    since    timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The entry of a charge by a provider names it. Rows that are there obey a narrower rule, and a narrower list.
--
-- In the order in which batches come to these tables, so that neither has what the other waits for.
LOCK TABLE idempotency_keys, ledger_entries IN ACCESS EXCLUSIVE MODE;

ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_operation_check;
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_operation_check
    CHECK (operation IN ('CHARGE', 'HOLD', 'PAY', 'REGISTER', 'CONCERT', 'PERFORMANCE', 'QUEUE', 'CHANGE_CONCERT',
                         'CHANGE_PERFORMANCE', 'CHANGE_SECTION', 'CHANGE_SEATS', 'REFUND', 'CREDIT',
                         'CANCEL_PERFORMANCE', 'CHECK_IN', 'OPERATOR_KEY', 'WEBHOOK', 'CHANGE_WEBHOOK',
                         'REPLAY_DELIVERY', 'CREATE_CHARGE')) NOT VALID;

ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_check1;
ALTER TABLE ledger_entries
    ADD CONSTRAINT ledger_entries_check1
        CHECK (kind = 'CHARGE' OR (reference_id IS NULL) = (kind IN ('CREDIT', 'DEBIT'))) NOT VALID;

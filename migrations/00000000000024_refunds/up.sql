-- Refunds, operators' credits, and performances that are cancelled. What is there meets the wider conditions; the next
-- migration makes sure, without a lock that keeps others out.
--
-- In the order in which batches come to these tables, so that neither has what the other waits for.
LOCK TABLE payments, performances, ledger_entries IN ACCESS EXCLUSIVE MODE;

ALTER TABLE payments DROP CONSTRAINT payments_state_check;
ALTER TABLE payments ADD CONSTRAINT payments_state_check
    CHECK (state IN ('COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED')) NOT VALID;

ALTER TABLE ledger_entries
    DROP CONSTRAINT ledger_entries_kind_check,
    DROP CONSTRAINT ledger_entries_check,
    DROP CONSTRAINT ledger_entries_check1;
ALTER TABLE ledger_entries
    ADD CONSTRAINT ledger_entries_kind_check
        CHECK (kind IN ('CHARGE', 'PAYMENT', 'REFUND', 'CREDIT', 'DEBIT')) NOT VALID,
    ADD CONSTRAINT ledger_entries_check
        CHECK ((kind IN ('PAYMENT', 'DEBIT')) = (amount < 0) OR amount = 0) NOT VALID,
    ADD CONSTRAINT ledger_entries_check1
        CHECK ((reference_id IS NULL) = (kind IN ('CHARGE', 'CREDIT', 'DEBIT'))) NOT VALID;

-- What was given back of payments, 1, 2, 3, … of each. A seat is in one refund of its payment at most.
CREATE TABLE refunds (
    user_id        uuid           NOT NULL,
    payment_id     uuid           NOT NULL,
    sequence       integer        NOT NULL CHECK (sequence > 0),
    refund_id      uuid           NOT NULL,
    entry_id       uuid           NOT NULL,
    performance_id uuid           NOT NULL,
    amount         numeric(19, 2) NOT NULL CHECK (amount >= 0),
    balance_after  numeric(19, 2) NOT NULL CHECK (balance_after >= amount),
    seat_numbers   integer[]      NOT NULL CHECK (cardinality(seat_numbers) > 0),
    refunded_by    text           NOT NULL CHECK (refunded_by IN ('USER', 'OPERATOR', 'CANCELLATION')),
    reason         text           CHECK ((reason IS NULL) = (refunded_by = 'USER')),
    refunded_at    timestamptz    NOT NULL,
    PRIMARY KEY (user_id, payment_id, sequence)
);

CREATE INDEX refunds_of_performance ON refunds (performance_id);

-- Who added points to a wallet or took some back, and why, by the ledger entry. Append-only, like the ledger.
CREATE TABLE credits (
    entry_id    uuid        PRIMARY KEY,
    user_id     uuid        NOT NULL,
    sequence    bigint      NOT NULL,
    operator    text        NOT NULL,
    reason      text        NOT NULL,
    credited_at timestamptz NOT NULL,
    UNIQUE (user_id, sequence)
);

ALTER TABLE performances
    ADD COLUMN cancelled_at  timestamptz,
    ADD COLUMN cancel_reason text,
    ADD COLUMN refunded_at   timestamptz,
    ADD CONSTRAINT performances_cancelled_check
        CHECK ((cancelled_at IS NULL) = (cancel_reason IS NULL) AND (refunded_at IS NULL OR cancelled_at IS NOT NULL));

-- Cancelled performances of which somebody may still be owed points.
CREATE INDEX performances_to_refund ON performances (cancelled_at)
    WHERE cancelled_at IS NOT NULL AND refunded_at IS NULL;

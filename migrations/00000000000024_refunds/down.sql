DROP INDEX performances_to_refund;
ALTER TABLE performances
    DROP COLUMN cancelled_at,
    DROP COLUMN cancel_reason,
    DROP COLUMN refunded_at;
DROP TABLE credits;
DROP TABLE refunds;

-- What is left of a payment is the user's, as the older version knows it.
ALTER TABLE payments DROP CONSTRAINT payments_state_check;
UPDATE payments SET state = 'COMPLETED' WHERE state = 'PARTIALLY_REFUNDED';
ALTER TABLE payments ADD CONSTRAINT payments_state_check CHECK (state IN ('COMPLETED', 'REFUNDED'));

ALTER TABLE ledger_entries
    DROP CONSTRAINT ledger_entries_kind_check,
    DROP CONSTRAINT ledger_entries_check,
    DROP CONSTRAINT ledger_entries_check1;
UPDATE ledger_entries SET kind = 'CHARGE' WHERE kind = 'CREDIT';
UPDATE ledger_entries SET kind = 'PAYMENT', reference_id = entry_id WHERE kind = 'DEBIT';
ALTER TABLE ledger_entries
    ADD CONSTRAINT ledger_entries_kind_check CHECK (kind IN ('CHARGE', 'PAYMENT', 'REFUND')),
    ADD CONSTRAINT ledger_entries_check CHECK ((kind = 'PAYMENT') = (amount < 0) OR amount = 0),
    ADD CONSTRAINT ledger_entries_check1 CHECK ((reference_id IS NULL) = (kind = 'CHARGE'));

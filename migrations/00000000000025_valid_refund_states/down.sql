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

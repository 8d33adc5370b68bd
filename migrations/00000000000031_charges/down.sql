ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_operation_check;
DELETE FROM idempotency_keys WHERE operation = 'CREATE_CHARGE';
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_operation_check
    CHECK (operation IN ('CHARGE', 'HOLD', 'PAY', 'REGISTER', 'CONCERT', 'PERFORMANCE', 'QUEUE', 'CHANGE_CONCERT',
                         'CHANGE_PERFORMANCE', 'CHANGE_SECTION', 'CHANGE_SEATS', 'REFUND', 'CREDIT',
                         'CANCEL_PERFORMANCE', 'CHECK_IN', 'OPERATOR_KEY', 'WEBHOOK', 'CHANGE_WEBHOOK',
                         'REPLAY_DELIVERY')) NOT VALID;

-- The money was taken, and the points stay; which charge they belong to is forgotten.
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_check1;
UPDATE ledger_entries SET reference_id = NULL WHERE kind = 'CHARGE' AND reference_id IS NOT NULL;
ALTER TABLE ledger_entries
    ADD CONSTRAINT ledger_entries_check1
        CHECK ((reference_id IS NULL) = (kind IN ('CHARGE', 'CREDIT', 'DEBIT')));

DROP TABLE charging_modes;
DROP TABLE charges;

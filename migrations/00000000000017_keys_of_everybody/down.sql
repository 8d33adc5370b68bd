DELETE FROM idempotency_keys WHERE operation NOT IN ('CHARGE', 'HOLD', 'PAY');
ALTER TABLE idempotency_keys
    DROP CONSTRAINT idempotency_keys_operation_check,
    ADD CONSTRAINT idempotency_keys_operation_check CHECK (operation IN ('CHARGE', 'HOLD', 'PAY'));

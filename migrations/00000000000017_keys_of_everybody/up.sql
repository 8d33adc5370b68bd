-- Keys of operators, and of people who open an account. Rows that are there obey a narrower list.
ALTER TABLE idempotency_keys
    DROP CONSTRAINT idempotency_keys_operation_check,
    ADD CONSTRAINT idempotency_keys_operation_check
        CHECK (operation IN ('CHARGE', 'HOLD', 'PAY', 'REGISTER', 'CONCERT', 'PERFORMANCE', 'QUEUE')) NOT VALID;

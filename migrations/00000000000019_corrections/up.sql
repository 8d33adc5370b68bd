-- When sales of a performance close, and until when its buyers may give seats back. Both may be absent, as they were.
ALTER TABLE performances ADD COLUMN sales_close_at timestamptz;
ALTER TABLE performances ADD COLUMN refundable_until timestamptz;

ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_operation_check;
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_operation_check
    CHECK (operation IN ('CHARGE', 'HOLD', 'PAY', 'REGISTER', 'CONCERT', 'PERFORMANCE', 'QUEUE', 'CHANGE_CONCERT',
                         'CHANGE_PERFORMANCE')) NOT VALID;

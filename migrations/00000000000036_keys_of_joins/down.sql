ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_operation_check;
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_operation_check
    CHECK (operation IN ('CHARGE', 'HOLD', 'PAY', 'REGISTER', 'CONCERT', 'PERFORMANCE', 'QUEUE', 'CHANGE_CONCERT',
                         'CHANGE_PERFORMANCE', 'CHANGE_SECTION', 'CHANGE_SEATS', 'REFUND', 'CREDIT',
                         'CANCEL_PERFORMANCE', 'CHECK_IN', 'OPERATOR_KEY', 'WEBHOOK', 'CHANGE_WEBHOOK',
                         'REPLAY_DELIVERY', 'CREATE_CHARGE')) NOT VALID;

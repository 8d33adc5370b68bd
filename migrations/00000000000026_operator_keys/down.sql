DELETE FROM idempotency_keys WHERE operation = 'OPERATOR_KEY';
DROP TABLE operator_keys;

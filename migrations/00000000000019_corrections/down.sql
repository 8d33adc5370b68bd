ALTER TABLE performances DROP COLUMN refundable_until;
ALTER TABLE performances DROP COLUMN sales_close_at;

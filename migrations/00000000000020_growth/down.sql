DROP TABLE idle_accounts;
ALTER TABLE waiting_rooms DROP COLUMN removed_up_to;

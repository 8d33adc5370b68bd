DROP INDEX departures_by_number;
DROP INDEX bought_by_user;
CREATE INDEX bought_by_user ON reservations (concert_id, user_id) WHERE state = 'PAID';
DROP INDEX ledger_entries_by_id;

DROP INDEX holds_by_expiry;
CREATE INDEX holds_by_expiry ON reservations (expires_at) WHERE state = 'HELD';

DROP INDEX one_live_owner_per_seat;
CREATE UNIQUE INDEX one_live_owner_per_seat ON reservation_seats (performance_id, seat_number)
    WHERE state IN ('HELD', 'SOLD');
ALTER TABLE reservation_seats DROP COLUMN live;

DROP INDEX charges_by_id;
CREATE UNIQUE INDEX ledger_entries_by_id ON ledger_entries (user_id, entry_id);

ALTER TABLE reservations RESET (fillfactor);
ALTER TABLE reservations DROP CONSTRAINT reservations_pkey;
ALTER TABLE reservations ADD PRIMARY KEY (concert_id, reservation_id);
CREATE UNIQUE INDEX reservations_of_user ON reservations (user_id, reservation_id);

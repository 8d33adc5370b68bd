-- What every hold and every payment writes: as few index entries as possible.

-- A reservation is found by its user alone.
ALTER TABLE reservations DROP CONSTRAINT reservations_pkey;
ALTER TABLE reservations ADD CONSTRAINT reservations_pkey PRIMARY KEY USING INDEX reservations_of_user;
ALTER TABLE reservations SET (fillfactor = 80);

-- A ledger entry is found by its id only when a charge's key comes again.
DROP INDEX ledger_entries_by_id;
CREATE UNIQUE INDEX charges_by_id ON ledger_entries (user_id, entry_id) WHERE kind = 'CHARGE';

-- Selling a seat changes its row's state, but nothing that an index looks at: no index is written.
ALTER TABLE reservation_seats ADD COLUMN live boolean NOT NULL GENERATED ALWAYS AS (state <> 'RELEASED') STORED;
DROP INDEX one_live_owner_per_seat;
CREATE UNIQUE INDEX one_live_owner_per_seat ON reservation_seats (performance_id, seat_number) WHERE live;

-- Whoever looks for a user's hold must never look through all holds, whatever statistics say of how few there are: an
-- index with the condition of another may be taken for it. A hold has not ended, and only the sweeper says it like this.
DROP INDEX holds_by_expiry;
CREATE INDEX holds_by_expiry ON reservations (expires_at) WHERE ended_at IS NULL;

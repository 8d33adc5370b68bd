-- What is asked for on the path of a request is found without reading what has long ended.

-- A charge's entry, when its key comes again.
CREATE UNIQUE INDEX ledger_entries_by_id ON ledger_entries (user_id, entry_id);

-- What a user has bought, of one concert and of all.
DROP INDEX bought_by_user;
CREATE INDEX bought_by_user ON reservations (user_id, concert_id) WHERE state = 'PAID';

-- Who left ahead of their turn, for a board that is new to a room.
CREATE INDEX departures_by_number ON passes (concert_id, number) WHERE departure IS NOT NULL;

-- Rooms in which somebody waits are found by index, however many others there are. A column of its own, which changes
-- only with the first and the last person in line, keeps updates of the room from touching the index.
ALTER TABLE waiting_rooms ADD COLUMN somebody_waits boolean NOT NULL GENERATED ALWAYS AS (waiting > 0) STORED;
CREATE INDEX rooms_with_people ON waiting_rooms (concert_id) WHERE somebody_waits;

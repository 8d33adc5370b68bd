-- A line ends when nothing is left: everybody who waits, at once. That is written to the room, and by and by to the
-- passes: those that wait by number, after line_ended_after up to line_ended_up_to, have ended.
ALTER TABLE waiting_rooms
    ADD COLUMN sold_out           boolean NOT NULL DEFAULT false,
    ADD COLUMN line_ended_at      timestamptz,
    ADD COLUMN line_ended_after   bigint,
    ADD COLUMN line_ended_up_to   bigint,
    ADD COLUMN line_written_up_to bigint,
    ADD CHECK (num_nulls(line_ended_at, line_ended_after, line_ended_up_to, line_written_up_to) IN (0, 4)),
    ADD CHECK (line_ended_after <= line_written_up_to AND line_written_up_to <= line_ended_up_to
               AND line_ended_up_to <= now_serving);

-- Rooms whose end is still to be written down, whoever ended it.
CREATE INDEX rooms_with_unwritten_ends ON waiting_rooms (concert_id) WHERE line_written_up_to < line_ended_up_to;

-- What is there meets the condition; the next migration makes sure, without a lock that keeps others out.
ALTER TABLE passes DROP CONSTRAINT passes_state_check;
ALTER TABLE passes ADD CONSTRAINT passes_state_check
    CHECK (state IN ('WAITING', 'ACTIVE', 'COMPLETED', 'EXPIRED', 'LEFT', 'ENDED')) NOT VALID;

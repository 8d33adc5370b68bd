UPDATE passes SET state = 'EXPIRED' WHERE state = 'ENDED';
ALTER TABLE passes DROP CONSTRAINT passes_state_check;
ALTER TABLE passes ADD CONSTRAINT passes_state_check
    CHECK (state IN ('WAITING', 'ACTIVE', 'COMPLETED', 'EXPIRED', 'LEFT'));

UPDATE passes SET state = 'EXPIRED', ended_at = room.line_ended_at
FROM waiting_rooms AS room
WHERE room.concert_id = passes.concert_id AND passes.state = 'WAITING' AND passes.number > room.line_ended_after
      AND passes.number <= room.line_ended_up_to;

DROP INDEX rooms_with_unwritten_ends;
ALTER TABLE waiting_rooms
    DROP COLUMN sold_out,
    DROP COLUMN line_ended_at,
    DROP COLUMN line_ended_after,
    DROP COLUMN line_ended_up_to,
    DROP COLUMN line_written_up_to;

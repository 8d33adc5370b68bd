-- The hall of each performance: its sections with their rows, which never change. Performances from before have none, and
-- get one that follows from their seats.
CREATE TABLE halls (
    performance_id   uuid      PRIMARY KEY REFERENCES performances,
    sections         jsonb     NOT NULL CHECK (jsonb_typeof(sections) = 'array'),
    accessible_seats integer[] NOT NULL
);

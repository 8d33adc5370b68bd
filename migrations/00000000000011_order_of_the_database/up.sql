-- Lists are ordered by what the database says, never by ids, which instances make by their own clocks.
ALTER TABLE concerts ADD COLUMN sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY;
CREATE UNIQUE INDEX concerts_in_order ON concerts (sequence);

ALTER TABLE performances ADD COLUMN sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY;
DROP INDEX performances_by_start;
CREATE UNIQUE INDEX performances_by_start ON performances (concert_id, starts_at, sequence);

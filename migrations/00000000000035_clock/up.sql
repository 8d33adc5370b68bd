-- The time up to which anything may have happened, for servers whose clock is behind that of the one before. One row.
CREATE TABLE clock (
    only_row          boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    -- The server that told the time last: by when it was started.
    server_started_at timestamptz NOT NULL,
    seen_at           timestamptz NOT NULL,
    -- Nothing happens before it from now on.
    earliest          timestamptz NOT NULL,
    -- Whether that is so because another server told the time before.
    taken_over        boolean     NOT NULL DEFAULT false,
    -- Nothing has happened after it.
    reserved_until    timestamptz NOT NULL CHECK (reserved_until >= earliest)
) WITH (fillfactor = 10);

INSERT INTO clock (server_started_at, seen_at, earliest, reserved_until)
VALUES (pg_postmaster_start_time(), clock_timestamp(), clock_timestamp(), clock_timestamp() + INTERVAL '2 seconds');

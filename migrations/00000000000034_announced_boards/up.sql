-- What was announced last of each waiting room's line, for everybody to read. Of those who left, how many of the numbers
-- beyond served up to the end of each bucket.
CREATE TABLE announced_boards (
    concert_id      uuid        PRIMARY KEY REFERENCES concerts,
    announced_at    timestamptz NOT NULL,
    state           text        NOT NULL CHECK (state IN ('OPEN', 'PAUSED')),
    served          bigint      NOT NULL CHECK (served BETWEEN 0 AND last_number),
    last_number     bigint      NOT NULL,
    departed_up_to  bigint[]    NOT NULL,
    departed        bigint[]    NOT NULL,
    available_seats bigint      NOT NULL CHECK (available_seats >= 0),
    CHECK (cardinality(departed_up_to) = cardinality(departed) AND cardinality(departed) <= 1024)
) WITH (fillfactor = 50);

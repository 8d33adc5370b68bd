-- The one use of a ticket: of the seat of a paid reservation. Found with the seat's row, by the same key.
CREATE TABLE check_ins (
    performance_id uuid        NOT NULL,
    reservation_id uuid        NOT NULL,
    seat_number    integer     NOT NULL,
    check_in_id    uuid        NOT NULL,
    gate           text        CHECK (char_length(gate) BETWEEN 1 AND 50),
    operator       text        NOT NULL,
    checked_in_at  timestamptz NOT NULL,
    PRIMARY KEY (performance_id, reservation_id, seat_number)
);

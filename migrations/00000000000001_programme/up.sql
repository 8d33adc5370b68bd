-- What there is to see. Rows of these tables are added and never change.

CREATE TABLE concerts (
    concert_id          uuid        PRIMARY KEY,
    title               text        NOT NULL,
    venue               text        NOT NULL,
    timezone            text        NOT NULL,
    max_seats_per_user  integer     NOT NULL CHECK (max_seats_per_user BETWEEN 1 AND 100),
    created_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE performances (
    performance_id uuid           PRIMARY KEY,
    concert_id     uuid           NOT NULL REFERENCES concerts,
    date           date           NOT NULL,
    starts_at      timestamptz    NOT NULL,
    sales_open_at  timestamptz    CHECK (sales_open_at < starts_at),
    total_seats    integer        NOT NULL CHECK (total_seats BETWEEN 1 AND 100000),
    price_from     numeric(19, 2) NOT NULL CHECK (price_from >= 0),
    price_to       numeric(19, 2) NOT NULL CHECK (price_to >= price_from),
    created_at     timestamptz    NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX performances_by_start ON performances (concert_id, starts_at, performance_id);

-- A seat's row is its lock; who has it is in reservation_seats.
CREATE TABLE seats (
    performance_id uuid           NOT NULL REFERENCES performances,
    number         integer        NOT NULL CHECK (number > 0),
    section        text           NOT NULL,
    price          numeric(19, 2) NOT NULL CHECK (price >= 0),
    blocked        boolean        NOT NULL DEFAULT false,
    PRIMARY KEY (performance_id, number)
);

CREATE INDEX blocked_seats ON seats (performance_id, number) WHERE blocked;

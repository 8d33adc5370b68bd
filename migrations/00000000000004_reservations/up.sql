-- Seats held, paid, given up or lapsed, and the payments.

CREATE TABLE reservations (
    concert_id     uuid           NOT NULL,
    reservation_id uuid           NOT NULL,
    performance_id uuid           NOT NULL,
    user_id        uuid           NOT NULL,
    amount         numeric(19, 2) NOT NULL CHECK (amount >= 0),
    state          text           NOT NULL CHECK (state IN ('HELD', 'PAID', 'EXPIRED', 'CANCELLED', 'REFUNDED')),
    held_at        timestamptz    NOT NULL,
    expires_at     timestamptz    NOT NULL CHECK (expires_at > held_at),
    payment_id     uuid           CHECK ((payment_id IS NOT NULL) = (state IN ('PAID', 'REFUNDED'))),
    ended_at       timestamptz    CHECK ((ended_at IS NULL) = (state = 'HELD')),
    PRIMARY KEY (concert_id, reservation_id)
);

CREATE UNIQUE INDEX reservations_of_user ON reservations (user_id, reservation_id);
CREATE UNIQUE INDEX one_hold_per_user ON reservations (concert_id, user_id) WHERE state = 'HELD';
CREATE INDEX bought_by_user ON reservations (concert_id, user_id) WHERE state = 'PAID';
CREATE INDEX holds_by_expiry ON reservations (expires_at) WHERE state = 'HELD';

-- The seats of each reservation. A seat is free when no row of it is HELD with held_until in the future, or SOLD.
CREATE TABLE reservation_seats (
    performance_id uuid           NOT NULL,
    reservation_id uuid           NOT NULL,
    seat_number    integer        NOT NULL,
    user_id        uuid           NOT NULL,
    price          numeric(19, 2) NOT NULL CHECK (price >= 0),
    state          text           NOT NULL CHECK (state IN ('HELD', 'SOLD', 'RELEASED')),
    held_until     timestamptz    NOT NULL,
    PRIMARY KEY (performance_id, reservation_id, seat_number)
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX one_live_owner_per_seat ON reservation_seats (performance_id, seat_number)
    WHERE state IN ('HELD', 'SOLD');

CREATE TABLE payments (
    user_id        uuid           NOT NULL,
    payment_id     uuid           NOT NULL,
    reservation_id uuid           NOT NULL,
    amount         numeric(19, 2) NOT NULL CHECK (amount >= 0),
    balance_after  numeric(19, 2) NOT NULL CHECK (balance_after >= 0),
    state          text           NOT NULL CHECK (state IN ('COMPLETED', 'REFUNDED')),
    paid_at        timestamptz    NOT NULL,
    seat_numbers   integer[]      NOT NULL CHECK (cardinality(seat_numbers) > 0),
    PRIMARY KEY (user_id, payment_id)
);

CREATE UNIQUE INDEX one_payment_per_reservation ON payments (user_id, reservation_id);

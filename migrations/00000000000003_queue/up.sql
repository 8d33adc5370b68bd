-- One waiting room per concert, and the passes that it gave out.

CREATE TABLE waiting_rooms (
    concert_id        uuid        PRIMARY KEY REFERENCES concerts,
    capacity          integer     NOT NULL CHECK (capacity > 0),
    admit_per_minute  integer     CHECK (admit_per_minute > 0),
    pass_ttl_ms       bigint      NOT NULL CHECK (pass_ttl_ms > 0),
    show_up_within_ms bigint      NOT NULL CHECK (show_up_within_ms > 0),
    state             text        NOT NULL CHECK (state IN ('OPEN', 'PAUSED')),
    last_number       bigint      NOT NULL DEFAULT 0,
    now_serving       bigint      NOT NULL DEFAULT 0 CHECK (now_serving BETWEEN 0 AND last_number),
    waiting           bigint      NOT NULL DEFAULT 0 CHECK (waiting BETWEEN 0 AND last_number - now_serving),
    departures        bigint      NOT NULL DEFAULT 0 CHECK (departures >= 0),
    next_admission_at timestamptz
) WITH (fillfactor = 50);

-- number is dense per concert, in commit order. departure numbers those that left the line early, per concert.
CREATE TABLE passes (
    concert_id  uuid        NOT NULL,
    number      bigint      NOT NULL CHECK (number > 0),
    user_id     uuid        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('WAITING', 'ACTIVE', 'COMPLETED', 'EXPIRED', 'LEFT')),
    issued_at   timestamptz NOT NULL,
    admitted_at timestamptz,
    expires_at  timestamptz CHECK ((expires_at IS NULL) = (admitted_at IS NULL)),
    show_up_by  timestamptz,
    ended_at    timestamptz CHECK ((ended_at IS NULL) = (state IN ('WAITING', 'ACTIVE'))),
    departure   bigint,
    PRIMARY KEY (concert_id, number),
    CHECK (state <> 'ACTIVE' OR admitted_at IS NOT NULL),
    CHECK (state <> 'WAITING' OR admitted_at IS NULL)
);

CREATE UNIQUE INDEX one_live_pass_per_user ON passes (concert_id, user_id) WHERE state IN ('WAITING', 'ACTIVE');
CREATE INDEX active_passes ON passes (concert_id, number) WHERE state = 'ACTIVE';
CREATE UNIQUE INDEX departures_in_order ON passes (concert_id, departure) WHERE departure IS NOT NULL;

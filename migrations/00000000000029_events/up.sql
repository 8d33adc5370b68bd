-- Events that other systems are told of, and the addresses that are told.
CREATE TABLE webhooks (
    webhook_id            uuid        PRIMARY KEY,
    sequence              bigint      NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    url                   text        NOT NULL CHECK (char_length(url) <= 2000),
    kinds                 text[]      NOT NULL,
    enabled               boolean     NOT NULL,
    secret                bytea       NOT NULL CHECK (octet_length(secret) = 32),
    previous_secret       bytea       CHECK (octet_length(previous_secret) = 32),
    previous_secret_until timestamptz,
    created_at            timestamptz NOT NULL,
    gave_up_at            timestamptz CHECK (gave_up_at IS NULL OR NOT enabled),
    deleted_at            timestamptz,
    CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL))
);

CREATE INDEX webhooks_there ON webhooks (sequence) WHERE deleted_at IS NULL;

-- Who delivers to a webhook at the moment, and since when every attempt has failed.
CREATE TABLE webhook_leases (
    webhook_id    uuid        PRIMARY KEY,
    holder        uuid,
    leased_until  timestamptz,
    failing_since timestamptz,
    CHECK ((holder IS NULL) = (leased_until IS NULL))
) WITH (fillfactor = 50);

-- What batches have told, until it is published. Ids are UUIDs of version 7: the milliseconds, and what is random.
CREATE TABLE outbox (
    sequence bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid        NOT NULL DEFAULT (
        lpad(to_hex(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
        || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid,
    kind     text        NOT NULL,
    subject  uuid        NOT NULL,
    at       timestamptz NOT NULL,
    data     text        NOT NULL
);

-- What was published, by its place. Whoever gives places out has locked the one row of event_feed until the commit.
CREATE TABLE events (
    position     bigint      PRIMARY KEY,
    event_id     uuid        NOT NULL UNIQUE,
    kind         text        NOT NULL,
    subject      uuid        NOT NULL,
    at           timestamptz NOT NULL,
    published_at timestamptz NOT NULL,
    data         text        NOT NULL
);

CREATE TABLE event_feed (
    only_row      boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_position bigint  NOT NULL
);

INSERT INTO event_feed (last_position) VALUES (0);

-- One event for one webhook. Of events with one subject a later one has no next attempt while an earlier one is pending.
CREATE TABLE deliveries (
    webhook_id      uuid          NOT NULL,
    position        bigint        NOT NULL,
    subject         uuid          NOT NULL,
    state           text          NOT NULL CHECK (state IN ('PENDING', 'DELIVERED', 'FAILED')),
    failed_attempts integer       NOT NULL DEFAULT 0 CHECK (failed_attempts >= 0),
    next_attempt_at timestamptz   CHECK (next_attempt_at IS NULL OR state = 'PENDING'),
    attempted_at    timestamptz[] NOT NULL DEFAULT '{}',
    answers         text[]        NOT NULL DEFAULT '{}',
    milliseconds    integer[]     NOT NULL DEFAULT '{}',
    PRIMARY KEY (webhook_id, position),
    CHECK (cardinality(attempted_at) = cardinality(answers) AND cardinality(answers) = cardinality(milliseconds))
) WITH (fillfactor = 80);

CREATE INDEX deliveries_due ON deliveries (webhook_id, next_attempt_at, position)
    WHERE state = 'PENDING' AND next_attempt_at IS NOT NULL;
CREATE INDEX deliveries_pending ON deliveries (webhook_id, subject, position) WHERE state = 'PENDING';

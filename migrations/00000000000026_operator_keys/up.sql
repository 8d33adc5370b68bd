-- Operators' keys beside the owner's. None is ever removed: what is recorded names them, and they say themselves who made
-- and who deleted them.
CREATE TABLE operator_keys (
    key_id     uuid        PRIMARY KEY,
    sequence   bigint      NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
    name       text        NOT NULL,
    role       text        NOT NULL CHECK (role IN ('OPERATOR', 'SUPPORT', 'GATE')),
    key_hash   bytea       NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
    operator   text        NOT NULL UNIQUE CHECK (operator ~ '^[0-9a-f]{8}$'),
    created_at timestamptz NOT NULL,
    created_by text        NOT NULL,
    deleted_at timestamptz,
    deleted_by text,
    CHECK ((deleted_at IS NULL) = (deleted_by IS NULL))
);

-- The list of those that are good, newest first.
CREATE INDEX operator_keys_good ON operator_keys (sequence) WHERE deleted_at IS NULL;

-- Codes by which accounts come to other devices, each for minutes. Neither the code nor the access token can be read
-- from what is stored.
CREATE TABLE device_codes (
    user_id      uuid PRIMARY KEY,
    code_hash    bytea NOT NULL UNIQUE CHECK (octet_length(code_hash) = 32),
    sealed_token bytea NOT NULL CHECK (octet_length(sealed_token) = 32),
    expires_at   timestamptz NOT NULL,
    used_by      bytea CHECK (octet_length(used_by) = 32)
);
CREATE INDEX device_codes_expires_at_idx ON device_codes (expires_at);

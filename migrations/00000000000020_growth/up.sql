-- Of rooms that are closed, passes are removed after a time, the lowest numbers first.
ALTER TABLE waiting_rooms
    ADD COLUMN removed_up_to bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT waiting_rooms_removed_check CHECK (removed_up_to BETWEEN 0 AND now_serving);

-- Accounts that were found to have done nothing. One that is used again is taken off.
CREATE TABLE idle_accounts (
    user_id  uuid        PRIMARY KEY,
    found_at timestamptz NOT NULL
);

CREATE INDEX idle_accounts_by_age ON idle_accounts (found_at);

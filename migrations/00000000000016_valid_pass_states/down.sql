ALTER TABLE passes DROP CONSTRAINT passes_state_check;
ALTER TABLE passes ADD CONSTRAINT passes_state_check
    CHECK (state IN ('WAITING', 'ACTIVE', 'COMPLETED', 'EXPIRED', 'LEFT', 'ENDED')) NOT VALID;

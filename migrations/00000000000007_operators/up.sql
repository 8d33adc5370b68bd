-- Who made a change: the fingerprint of the operators' key. Zeros for changes that no key made, and for those of which
-- it was not recorded.
ALTER TABLE audit_entries ADD COLUMN operator text NOT NULL DEFAULT '00000000';
ALTER TABLE audit_entries ALTER COLUMN operator DROP DEFAULT;

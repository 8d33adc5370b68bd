-- The instant at which a pass ends whatever it holds. None for passes that were admitted before it was kept.
ALTER TABLE passes ADD COLUMN ends_by timestamptz;

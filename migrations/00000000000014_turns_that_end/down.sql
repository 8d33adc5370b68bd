ALTER TABLE passes DROP COLUMN ends_by;

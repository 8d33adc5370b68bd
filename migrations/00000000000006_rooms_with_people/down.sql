DROP INDEX rooms_with_people;
ALTER TABLE waiting_rooms DROP COLUMN somebody_waits;

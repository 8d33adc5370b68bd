DROP INDEX performances_by_start;
CREATE INDEX performances_by_start ON performances (concert_id, starts_at, performance_id);
ALTER TABLE performances DROP COLUMN sequence;

DROP INDEX concerts_in_order;
ALTER TABLE concerts DROP COLUMN sequence;

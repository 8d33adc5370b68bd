DROP INDEX payments_by_time;
DROP INDEX reservations_by_time;

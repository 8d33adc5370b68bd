-- A user's own lists come newest first by the database's clock, a page at a time.
CREATE INDEX reservations_by_time ON reservations (user_id, held_at, reservation_id);
CREATE INDEX payments_by_time ON payments (user_id, paid_at, payment_id);

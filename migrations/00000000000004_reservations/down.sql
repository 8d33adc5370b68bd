DROP TABLE payments;
DROP TABLE reservation_seats;
DROP TABLE reservations;

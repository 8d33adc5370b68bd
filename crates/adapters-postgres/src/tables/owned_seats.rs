use diesel::sql_types::{BigInt, Integer, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::{ConcertId, PerformanceId, ReservationId};
use seatline_domain::payment::OwnedSeat;
use uuid::Uuid;

use super::CorruptRow;
use super::columns::seat_number;
use crate::statement::{row, statement};

row! {
    /// A seat that was bought, with its concert and performance.
    OwnedSeatRow as owned_seat_columns {
        reservation_id: Uuid => SqlUuid,
        concert_id: Uuid => SqlUuid = "concert.concert_id",
        title: String => Text = "concert.title",
        performance_id: Uuid => SqlUuid = "performance.performance_id",
        starts_at: Timestamp => Timestamptz = "performance.starts_at",
        seat_number: i32 => Integer = "reserved.seat_number",
        section: String => Text = "seat.section",
        paid_at: Timestamp => Timestamptz,
    }
}

statement! {
    /// Reads the seats that a user has bought and that were not refunded, newest first. Of each payment that was not refunded
    /// at least one is left: no more payments than seats are looked at.
    FindOwnedSeats {
        user_id: Uuid => SqlUuid,
        payments_limit: i64 => BigInt,
        limit: i64 => BigInt,
    } -> OwnedSeatRow;
    "SELECT ", owned_seat_columns!(paid), "
     FROM (
         SELECT * FROM payments WHERE user_id = ? AND state <> 'REFUNDED'
         ORDER BY paid_at DESC, payment_id DESC LIMIT ?
     ) AS paid
     CROSS JOIN LATERAL unnest(paid.seat_numbers) AS reserved(seat_number)
     JOIN reservations AS reservation ON reservation.user_id = paid.user_id
          AND reservation.reservation_id = paid.reservation_id
     CROSS JOIN LATERAL (
         SELECT FROM reservation_seats
         WHERE performance_id = reservation.performance_id AND reservation_id = reservation.reservation_id
           AND reservation_seats.seat_number = reserved.seat_number AND state = 'SOLD' LIMIT 1
     ) AS owner
     JOIN concerts AS concert ON concert.concert_id = reservation.concert_id
     JOIN performances AS performance ON performance.performance_id = reservation.performance_id
     JOIN seats AS seat ON seat.performance_id = performance.performance_id AND seat.number = reserved.seat_number
     ORDER BY paid.paid_at DESC, paid.payment_id DESC, reserved.seat_number LIMIT ?"
}

statement! {
    /// Counts the seats that a user has bought and that were not refunded.
    CountOwnedSeats { user_id: Uuid => SqlUuid } -> i64;
    "SELECT count(*)
     FROM reservations AS paid
     JOIN reservation_seats AS reserved ON reserved.performance_id = paid.performance_id
          AND reserved.reservation_id = paid.reservation_id AND reserved.state = 'SOLD'
     WHERE paid.user_id = ? AND paid.state = 'PAID'"
}

impl TryFrom<OwnedSeatRow> for OwnedSeat {
    type Error = CorruptRow;

    fn try_from(row: OwnedSeatRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            reservation_id: ReservationId::new(row.reservation_id),
            concert_id: ConcertId::new(row.concert_id),
            title: row.title,
            performance_id: PerformanceId::new(row.performance_id),
            starts_at: row.starts_at,
            seat_number: seat_number(row.seat_number)?,
            section: row.section,
            paid_at: row.paid_at,
        })
    }
}

//! Cancelled performances, and what is owed to those who had paid.

use diesel::sql_types::{Array, BigInt, Integer, Numeric, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::id::{ConcertId, PaymentId, PerformanceId, ReservationId, UserId};
use seatline_domain::payment::{PaidReservation, RefundProgress};
use uuid::Uuid;

use super::CorruptRow;
use super::columns::{amount, count, seat_number};
use crate::statement::{row, statement};

row! {
    /// A cancelled performance, by its concert and id.
    CancelledRow as cancelled_columns {
        concert_id: Uuid => SqlUuid,
        performance_id: Uuid => SqlUuid,
    }
}

row! {
    /// A payment of which seats are left.
    OwedRow as owed_columns {
        payment_id: Uuid => SqlUuid,
        user_id: Uuid => SqlUuid,
        reservation_id: Uuid => SqlUuid,
        seat_numbers: Vec<i32> => Array<Integer>,
    }
}

row! {
    /// A hold, by its user and id.
    HoldRow as hold_columns {
        user_id: Uuid => SqlUuid,
        reservation_id: Uuid => SqlUuid,
    }
}

row! {
    /// How many payments were refunded by the cancellation of a performance, with how many points, and how many are owed.
    ProgressRow as progress_columns {
        done: i64 => BigInt = "refunded.payments",
        points: Decimal => Numeric = "refunded.points",
        owed: i64 => BigInt = "owed.payments",
    }
}

statement! {
    /// Reads cancelled performances of which something may still be left to be done, those first that were cancelled first.
    FindUnfinishedCancellations { limit: i64 => BigInt } -> CancelledRow;
    "SELECT ", cancelled_columns!(), " FROM performances
     WHERE cancelled_at IS NOT NULL AND refunded_at IS NULL ORDER BY cancelled_at LIMIT ?"
}

statement! {
    /// Reads payments of a performance of which seats are left, those of its first sold seats. The index has live owners
    /// only: what was refunded is not read again.
    FindOwed {
        performance_id: Uuid => SqlUuid,
        limit: i64 => BigInt,
    } -> OwedRow;
    "SELECT ", owed_columns!(payment), "
     FROM (
         SELECT DISTINCT user_id, reservation_id FROM (
             SELECT user_id, reservation_id FROM reservation_seats
             WHERE performance_id = ? AND live AND state = 'SOLD' ORDER BY seat_number LIMIT ?
         ) AS seat
     ) AS sold
     JOIN payments AS payment ON payment.user_id = sold.user_id AND payment.reservation_id = sold.reservation_id"
}

statement! {
    /// Reads holds of a performance that are not recorded as ended, those of its first held seats.
    FindHoldsOf {
        performance_id: Uuid => SqlUuid,
        limit: i64 => BigInt,
    } -> HoldRow;
    "SELECT DISTINCT ", hold_columns!(), " FROM (
         SELECT user_id, reservation_id FROM reservation_seats
         WHERE performance_id = ? AND live AND state = 'HELD' ORDER BY seat_number LIMIT ?
     ) AS seat"
}

statement! {
    /// Counts what the cancellation of a performance has refunded, and what is still owed.
    CountRefunds { performance_id: Uuid => SqlUuid } -> ProgressRow;
    "SELECT ", progress_columns!(), "
     FROM (SELECT ? AS performance_id) AS cancelled
     CROSS JOIN LATERAL (
         SELECT count(*) AS payments, coalesce(sum(refund.amount), 0) AS points
         FROM refunds AS refund
         WHERE refund.performance_id = cancelled.performance_id AND refund.refunded_by = 'CANCELLATION'
     ) AS refunded
     CROSS JOIN LATERAL (
         SELECT count(DISTINCT owner.reservation_id) AS payments
         FROM reservation_seats AS owner
         WHERE owner.performance_id = cancelled.performance_id AND owner.live AND owner.state = 'SOLD'
     ) AS owed"
}

impl OwedRow {
    /// What was paid, of a cancelled performance.
    pub(crate) fn of(self, cancelled: &CancelledRow) -> Result<PaidReservation, CorruptRow> {
        Ok(PaidReservation {
            user_id: UserId::new(self.user_id),
            concert_id: ConcertId::new(cancelled.concert_id),
            performance_id: PerformanceId::new(cancelled.performance_id),
            reservation_id: ReservationId::new(self.reservation_id),
            payment_id: PaymentId::new(self.payment_id),
            seats: self.seat_numbers.into_iter().map(seat_number).collect::<Result<_, _>>()?,
        })
    }
}

impl TryFrom<ProgressRow> for RefundProgress {
    type Error = CorruptRow;

    fn try_from(row: ProgressRow) -> Result<Self, CorruptRow> {
        let done: u64 = count("number of refunds", row.done)?;
        let owed: u64 = count("number of payments owed", row.owed)?;
        Ok(Self { total: done + owed, done, amount: amount("points refunded", row.points)? })
    }
}

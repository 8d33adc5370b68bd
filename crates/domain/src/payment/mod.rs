//! Payments: points for seats, in one step.

use crate::Timestamp;
use crate::id::{ConcertId, PaymentId, PerformanceId, ReservationId, UserId};
use crate::point::Amount;
use crate::seat::SeatNumber;

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentState {
    /// The points were taken, the seats are the user's.
    Completed,
    /// The points were given back.
    Refunded,
}

/// The payment of one reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Which payment.
    pub id: PaymentId,
    /// For which reservation.
    pub reservation_id: ReservationId,
    /// Whose.
    pub user_id: UserId,
    /// How many points were taken.
    pub amount: Amount,
    /// The balance after it.
    pub balance_after: Amount,
    /// Where it stands.
    pub state: PaymentState,
    /// When, by the database's clock.
    pub paid_at: Timestamp,
    /// The seats that it bought, by number.
    pub seats: Vec<SeatNumber>,
}

/// A seat that a user has bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedSeat {
    /// By which reservation.
    pub reservation_id: ReservationId,
    /// Of which concert.
    pub concert_id: ConcertId,
    /// The concert's title.
    pub title: String,
    /// Of which performance.
    pub performance_id: PerformanceId,
    /// When that starts.
    pub starts_at: Timestamp,
    /// The seat's number.
    pub seat_number: SeatNumber,
    /// Its section.
    pub section: String,
    /// When it was paid.
    pub paid_at: Timestamp,
}

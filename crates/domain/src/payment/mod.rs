//! Payments: points for seats, in one step.

use crate::Timestamp;
use crate::id::{ConcertId, PaymentId, PerformanceId, ReservationId, UserId};
use crate::point::Amount;
use crate::seat::SeatNumber;

/// State of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentState {
    /// The points were taken, the seats are the user's.
    Completed,
    /// The points were refunded.
    Refunded,
}

/// The payment of one reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The payment's id.
    pub id: PaymentId,
    /// The reservation paid.
    pub reservation_id: ReservationId,
    /// The user to whom it belongs.
    pub user_id: UserId,
    /// How many points were taken.
    pub amount: Amount,
    /// The balance after it.
    pub balance_after: Amount,
    /// Its state.
    pub state: PaymentState,
    /// The instant, by the database's clock.
    pub paid_at: Timestamp,
    /// The seats that it bought, by number.
    pub seats: Vec<SeatNumber>,
}

/// Seats that a user has bought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnedSeats {
    /// The newest of them, newest first.
    pub newest: Vec<OwnedSeat>,
    /// How many there are.
    pub total: u64,
}

/// A seat that a user has bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedSeat {
    /// The reservation.
    pub reservation_id: ReservationId,
    /// The concert.
    pub concert_id: ConcertId,
    /// The concert's title.
    pub title: String,
    /// The performance.
    pub performance_id: PerformanceId,
    /// The performance's start.
    pub starts_at: Timestamp,
    /// The seat's number.
    pub seat_number: SeatNumber,
    /// Its section.
    pub section: String,
    /// The instant of the payment.
    pub paid_at: Timestamp,
}

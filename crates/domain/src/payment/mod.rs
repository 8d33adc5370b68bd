//! Payments: points for seats, in one step; and refunds, which give both back.

mod cancelled;
mod refund;

pub use cancelled::{RefundProgress, UnfinishedCancellation};
pub use refund::{PaidReservation, Refund, RefundedBy};

use crate::Timestamp;
use crate::id::{ConcertId, PaymentId, PerformanceId, ReservationId, UserId};
use crate::point::Amount;
use crate::seat::SeatNumber;

/// State of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentState {
    /// The points were taken, the seats are the user's.
    Completed,
    /// Some of the seats were refunded.
    PartiallyRefunded,
    /// All of them were.
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
    /// The instant, by the database's clock.
    pub paid_at: Timestamp,
    /// The seats that it bought, by number.
    pub seats: Vec<SeatNumber>,
    /// Its refunds, in their order. No two of them are about one seat.
    pub refunds: Vec<Refund>,
}

impl Payment {
    /// Its state, by the seats that are left.
    pub fn state(&self) -> PaymentState {
        match (self.refunds.is_empty(), self.seats_left().next()) {
            (true, _) => PaymentState::Completed,
            (false, Some(_)) => PaymentState::PartiallyRefunded,
            (false, None) => PaymentState::Refunded,
        }
    }

    /// The seats that were not refunded, by number.
    pub fn seats_left(&self) -> impl Iterator<Item = SeatNumber> {
        self.seats.iter().copied().filter(|seat| self.refund_of(*seat).is_none())
    }

    /// The refund of a seat, if there is one.
    pub fn refund_of(&self, seat: SeatNumber) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.seats.contains(&seat))
    }

    /// How many points were given back.
    pub fn refunded_amount(&self) -> Amount {
        self.refunds.iter().map(|refund| refund.amount).sum()
    }
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

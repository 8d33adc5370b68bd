use super::Payment;
use crate::Timestamp;
use crate::audit::Reason;
use crate::id::{ConcertId, LedgerEntryId, PaymentId, PerformanceId, RefundId, ReservationId, UserId};
use crate::point::Amount;
use crate::reservation::Reservation;
use crate::seat::SeatNumber;

/// Initiators of refunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundedBy {
    /// The buyer.
    User,
    /// An operator, for the buyer.
    Operator,
    /// The cancellation of the performance.
    Cancellation,
}

/// A refund: seats of a payment are free again, and their prices are back in the wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The refund's id.
    pub id: RefundId,
    /// The payment.
    pub payment_id: PaymentId,
    /// The ledger entry by which the points came back.
    pub entry_id: LedgerEntryId,
    /// How many points came back: what the seats had cost.
    pub amount: Amount,
    /// The balance after it.
    pub balance_after: Amount,
    /// The seats, by number.
    pub seats: Vec<SeatNumber>,
    /// Its initiator.
    pub by: RefundedBy,
    /// The reason that an operator gave.
    pub reason: Option<Reason>,
    /// The instant, by the database's clock.
    pub refunded_at: Timestamp,
}

/// What never changes of a reservation that was paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidReservation {
    /// The user to whom it belongs.
    pub user_id: UserId,
    /// The concert.
    pub concert_id: ConcertId,
    /// The performance.
    pub performance_id: PerformanceId,
    /// The reservation.
    pub reservation_id: ReservationId,
    /// Its payment.
    pub payment_id: PaymentId,
    /// The seats that were bought, by number.
    pub seats: Vec<SeatNumber>,
}

impl PaidReservation {
    /// What a payment paid for.
    pub fn of(payment: &Payment, reservation: &Reservation) -> Self {
        Self {
            user_id: payment.user_id,
            concert_id: reservation.concert_id,
            performance_id: reservation.performance_id,
            reservation_id: payment.reservation_id,
            payment_id: payment.id,
            seats: payment.seats.clone(),
        }
    }
}

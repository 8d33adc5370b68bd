use super::PaidReservation;
use crate::id::{ConcertId, PerformanceId, ReservationId, UserId};
use crate::point::Amount;

/// How far the refunds of a cancelled performance are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundProgress {
    /// The payments that its cancellation refunds: those that it has refunded, and those that are still owed.
    pub total: u64,
    /// Those that it has refunded.
    pub done: u64,
    /// The points that it has given back.
    pub amount: Amount,
}

/// What is left to be done for a cancelled performance; nothing where both lists are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedCancellation {
    /// The concert.
    pub concert_id: ConcertId,
    /// The performance.
    pub performance_id: PerformanceId,
    /// Payments of which seats are left, a few of them.
    pub payments: Vec<PaidReservation>,
    /// Holds that are over and not recorded as such, a few of them.
    pub holds: Vec<(UserId, ReservationId)>,
}

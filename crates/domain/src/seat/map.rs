use super::{Seat, SeatState};
use crate::Timestamp;
use crate::id::{PerformanceId, UserId};
use crate::point::Amount;

/// The seats of a performance at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatMap {
    /// The seats, by number.
    pub seats: Vec<Seat>,
    /// The database's time when they were read.
    pub as_of: Timestamp,
}

impl SeatMap {
    /// Whether any of the seats is, or was last, held or owned by this user.
    pub fn concerns(&self, user: UserId) -> bool {
        self.seats.iter().any(|seat| match seat.state {
            SeatState::Held { user_id, .. } | SeatState::Sold { user_id, .. } => user_id == user,
            SeatState::Available | SeatState::Blocked => false,
        })
    }
}

/// What was sold of a performance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesOfPerformance {
    /// The performance's id.
    pub performance_id: PerformanceId,
    /// The start.
    pub starts_at: Timestamp,
    /// Free seats.
    pub available: u32,
    /// Seats held, not paid.
    pub held: u32,
    /// Seats sold.
    pub sold: u32,
    /// Seats not for sale.
    pub blocked: u32,
    /// The sum of the prices of the seats sold.
    pub revenue: Amount,
}

use super::Seat;
use crate::Timestamp;
use crate::id::PerformanceId;
use crate::point::Amount;

/// The seats of a performance at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatMap {
    /// The seats, by number.
    pub seats: Vec<Seat>,
    /// The database's time when they were read.
    pub as_of: Timestamp,
}

/// What was sold of a performance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesOfPerformance {
    /// Which performance.
    pub performance_id: PerformanceId,
    /// When it starts.
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

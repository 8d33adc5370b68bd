use std::collections::HashMap;
use std::sync::Arc;

use super::{Seat, SeatNumber, SeatState};
use crate::Timestamp;
use crate::id::PerformanceId;
use crate::point::Amount;

/// The seats of a performance at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatMap {
    /// The seats, by number, as they were added: the same in every map of the performance.
    pub seats: Arc<[Seat]>,
    /// The states of those that are blocked, or that somebody has, or had until a hold expired.
    pub taken: HashMap<SeatNumber, SeatState>,
    /// The database's time when they were read.
    pub as_of: Timestamp,
}

impl SeatMap {
    /// A map of seats with their states.
    pub fn of(seats: impl IntoIterator<Item = Seat>, as_of: Timestamp) -> Self {
        let mut taken = HashMap::new();
        let vacate = |seat: Seat| match seat.state {
            SeatState::Available => seat,
            state => {
                taken.insert(seat.key.number, state);
                Seat { state: SeatState::Available, ..seat }
            }
        };
        Self { seats: seats.into_iter().map(vacate).collect(), taken, as_of }
    }

    /// The seats with their states at that moment, by number.
    pub fn states(&self) -> impl Iterator<Item = (&Seat, SeatState)> {
        self.seats.iter().map(|seat| {
            let state = self.taken.get(&seat.key.number).copied().unwrap_or(seat.state);
            (seat, state.at(self.as_of))
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
    /// Tickets that were checked in.
    pub checked_in: u32,
    /// The sum of the prices of the seats sold: what was paid less what was refunded.
    pub revenue: Amount,
    /// What was refunded.
    pub refunded: Amount,
    /// Whether it was cancelled: then no seat is free or held.
    pub cancelled: bool,
}

impl SalesOfPerformance {
    /// The same of a cancelled performance: what is nobody's is not free, and what was held is over.
    #[must_use]
    pub fn of_cancelled(self) -> Self {
        Self { available: 0, held: 0, cancelled: true, ..self }
    }
}

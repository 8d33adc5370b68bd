use thiserror::Error;

use super::{SeatNumber, SeatRefusal, policy};
use crate::idempotency::KeyReused;
use crate::storage::StorageError;

/// Why a list of seats is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SelectionError {
    /// It is empty.
    #[error("at least one seat must be named")]
    Empty,
    /// It names a seat twice.
    #[error("no seat may be named twice")]
    Repeated,
    /// It is too long.
    #[error("at most {} seats may be named", policy::MAX_SEATS_PER_RESERVATION)]
    TooMany,
    /// A number is 0 or negative.
    #[error("seat numbers are positive")]
    NotPositive,
    /// No performance has such a number.
    #[error("there is no such seat")]
    OutOfRange {
        /// The number.
        number: i64,
    },
}

/// Why seats were not held.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HoldError {
    /// Sales have not opened.
    #[error("sales have not opened")]
    SalesNotOpen,
    /// The performance has started.
    #[error("the performance has started")]
    PerformanceStarted,
    /// The performance has no such seats.
    #[error("there are no such seats")]
    SeatNotFound(Vec<SeatNumber>),
    /// Seats that cannot be held, all for the same reason.
    #[error("the seats cannot be held")]
    SeatTaken(SeatRefusal, Vec<SeatNumber>),
    /// The user holds another reservation of this concert. It must be paid or given up first.
    #[error("the user holds another reservation")]
    ReservationActive,
    /// The user would have more seats of this concert than allowed.
    #[error("more seats than allowed")]
    SeatLimitExceeded {
        /// How many seats of the concert the user may have.
        limit: u32,
    },
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage stood in the way.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

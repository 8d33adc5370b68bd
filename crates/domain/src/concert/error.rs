use thiserror::Error;

use crate::idempotency::KeyReused;
use crate::seat::hall::HallError;
use crate::storage::StorageError;

/// Error of adding or changing a concert.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConcertError {
    /// There is no such concert.
    #[error("there is no such concert")]
    NotFound,
    /// The seats per user are not between 1 and the most allowed.
    #[error("the seats per user must be 1 to {}", super::policy::MAX_SEATS_PER_USER)]
    SeatLimit,
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Error of adding or changing a performance.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PerformanceError {
    /// There is no such concert.
    #[error("there is no such concert")]
    ConcertNotFound,
    /// There is no such performance.
    #[error("there is no such performance")]
    NotFound,
    /// It has no such section.
    #[error("there is no such section")]
    SectionNotFound,
    /// A price beyond the highest allowed.
    #[error("a price is at most {}", crate::point::policy::MAX_PRICE)]
    Price,
    /// The hall cannot be as it was planned.
    #[error(transparent)]
    Hall(#[from] HallError),
    /// Sales would open only after the performance has started.
    #[error("sales must open before the performance starts")]
    SalesOpenTooLate,
    /// Sales would close before they open.
    #[error("sales must close after they open")]
    SalesCloseTooEarly,
    /// It was cancelled, which is for good.
    #[error("the performance is cancelled")]
    Cancelled,
    /// It would have started already, and nobody said that it may.
    #[error("the start must not be in the past")]
    StartsInPast,
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

//! The programme: what there is to see and when it can be booked.

mod list_bookable_dates;
mod list_concerts;
mod list_performances;
mod read_budget;
mod show_concert;
mod show_layout;
mod show_performance;

pub use list_bookable_dates::{BookableDates, ListBookableDates};
pub use list_concerts::ListConcerts;
pub use list_performances::ListPerformances;
pub use show_concert::ShowConcert;
pub use show_layout::{Layout, ShowLayout};
pub use show_performance::ShowPerformance;

pub(crate) use read_budget::ReadBudget;
use seatline_domain::storage::StorageError;
use thiserror::Error;

/// Error of reading the programme.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProgrammeError {
    /// There is no such concert.
    #[error("there is no such concert")]
    ConcertNotFound,
    /// There is no such performance.
    #[error("there is no such performance")]
    PerformanceNotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

use thiserror::Error;

use super::policy;

/// Error of selecting seats.
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

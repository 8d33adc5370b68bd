use thiserror::Error;

use super::PassEnd;

/// Error of looking up a user's pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PassError {
    /// It belongs to another user.
    #[error("the pass belongs elsewhere")]
    Mismatch,
    /// No such pass was ever given out.
    #[error("there is no such pass")]
    Unknown,
}

/// Reasons for which it is not the turn of a pass's user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PassRefusal {
    /// The turn is still to come.
    #[error("still waiting")]
    Waiting,
    /// The turn is over.
    #[error("the pass has ended")]
    Ended(PassEnd),
    /// The pass belongs to another user or another concert.
    #[error("the pass belongs elsewhere")]
    Mismatch,
    /// No such pass was ever given out.
    #[error("there is no such pass")]
    Unknown,
}

impl From<PassError> for PassRefusal {
    fn from(error: PassError) -> Self {
        match error {
            PassError::Mismatch => Self::Mismatch,
            PassError::Unknown => Self::Unknown,
        }
    }
}

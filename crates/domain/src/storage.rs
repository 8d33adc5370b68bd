//! How a port says that storage, and not a rule, stood in the way.

use thiserror::Error;

/// Error of storage, below any port.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StorageError {
    /// The database is out of reach, or did not answer in time. Nothing was changed; retrying may help.
    #[error("storage is unavailable: {0}")]
    Unavailable(String),
    /// More work is queued than can be taken. Nothing was changed; retry after a pause.
    #[error("storage has more work queued than it can take")]
    Overloaded,
    /// The connection broke while a commit was under way: the change happened, or did not. Retrying with the same
    /// idempotency key, or reading first, is safe.
    #[error("the outcome of the commit is unknown: {0}")]
    OutcomeUnknown(String),
    /// What is stored breaks a rule that should always hold, or a statement was refused for a reason of our own making.
    #[error("storage is in a state that it should never be in: {0}")]
    Corrupt(String),
}

impl StorageError {
    /// A [`StorageError::Corrupt`] about something that should be there and is not.
    pub fn missing(what: &str) -> Self {
        Self::Corrupt(format!("{what} is missing"))
    }
}

use seatline_domain::storage::StorageError;
use thiserror::Error;

/// Error of opening a stream.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WatchError {
    /// No such pass was ever given out.
    #[error("there is no such pass")]
    Unknown,
    /// As many streams are open as there may be.
    #[error("as many streams are open as there may be")]
    Full,
    /// This instance is about to stop.
    #[error("no more streams are opened")]
    Closed,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

use seatline_domain::storage::StorageError;
use thiserror::Error;

use crate::streams::StreamRefusal;

/// Error of opening a stream.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WatchError {
    /// No such pass was ever given out.
    #[error("there is no such pass")]
    Unknown,
    /// No stream can be opened here now.
    #[error(transparent)]
    Refused(#[from] StreamRefusal),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

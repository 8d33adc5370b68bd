use thiserror::Error;

use crate::queue::PassRefusal;
use crate::storage::StorageError;

/// Error of what needs a turn: a refusal of the pass, or an error of its own.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TurnError<E> {
    /// It is not the user's turn.
    #[error(transparent)]
    Refused(#[from] PassRefusal),
    /// Something else is in the way.
    #[error(transparent)]
    Failed(E),
}

impl<E: From<StorageError>> From<StorageError> for TurnError<E> {
    fn from(error: StorageError) -> Self {
        Self::Failed(error.into())
    }
}

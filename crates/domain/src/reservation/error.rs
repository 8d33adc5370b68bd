use thiserror::Error;

use crate::storage::StorageError;

/// Why a reservation was not given up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CancelError {
    /// The user has no such reservation.
    #[error("there is no such reservation")]
    NotFound,
    /// It is paid.
    #[error("the reservation is paid")]
    NotCancellable,
    /// Storage stood in the way.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

use thiserror::Error;

use crate::idempotency::KeyReused;
use crate::point::InsufficientPoints;
use crate::storage::StorageError;

/// Why a reservation was not paid.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PayError {
    /// The user has no such reservation.
    #[error("there is no such reservation")]
    ReservationNotFound,
    /// The hold's time is up.
    #[error("the hold has expired")]
    HoldExpired,
    /// It was given up, or paid and refunded.
    #[error("the reservation cannot be paid")]
    NotPayable,
    /// The balance is too low; the hold stays.
    #[error(transparent)]
    InsufficientPoints(#[from] InsufficientPoints),
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage stood in the way.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

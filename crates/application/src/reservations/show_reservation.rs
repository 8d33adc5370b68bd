use std::sync::Arc;

use seatline_domain::id::{ReservationId, UserId};
use seatline_domain::ports::Reservations;
use seatline_domain::reservation::Reservation;
use seatline_domain::storage::StorageError;
use thiserror::Error;

/// Error of showing a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReservationError {
    /// The user has no such reservation.
    #[error("there is no such reservation")]
    NotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Shows a user one of their reservations.
pub struct ShowReservation {
    /// Keeps reservations.
    pub reservations: Arc<dyn Reservations>,
}

impl ShowReservation {
    /// The reservation as it stands now.
    ///
    /// # Errors
    /// [`ReservationError::NotFound`] when the user has no such one.
    pub async fn execute(&self, user_id: UserId, id: ReservationId) -> Result<Reservation, ReservationError> {
        self.reservations.reservation(user_id, id).await?.ok_or(ReservationError::NotFound)
    }
}

use std::sync::Arc;

use seatline_domain::commands::{CancelError, CancelReservationCommand};
use seatline_domain::id::{ReservationId, UserId};
use seatline_domain::ports::Reservations;

/// Cancels an unpaid hold.
pub struct CancelReservation {
    /// Keeps reservations.
    pub reservations: Arc<dyn Reservations>,
}

impl CancelReservation {
    /// Frees the seats at once; a second time it does nothing.
    ///
    /// # Errors
    /// [`CancelError`] when there is no such reservation, or it is paid.
    pub async fn execute(&self, user_id: UserId, reservation_id: ReservationId) -> Result<(), CancelError> {
        self.reservations.cancel(CancelReservationCommand { user_id, reservation_id }).await.map(drop)
    }
}

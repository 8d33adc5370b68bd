use std::sync::Arc;

use seatline_domain::id::{ReservationId, UserId};
use seatline_domain::reservation::{self, GiveUpError, Reservations};

/// Gives up an unpaid hold.
pub struct GiveUpReservation {
    /// Where reservations are kept.
    pub reservations: Arc<dyn Reservations>,
}

impl GiveUpReservation {
    /// Frees the seats at once; a second time it does nothing.
    ///
    /// # Errors
    /// [`GiveUpError`] when there is no such reservation, or it is paid.
    pub async fn execute(&self, user_id: UserId, reservation_id: ReservationId) -> Result<(), GiveUpError> {
        self.reservations.give_up(reservation::GiveUpReservation { user_id, reservation_id }).await.map(drop)
    }
}

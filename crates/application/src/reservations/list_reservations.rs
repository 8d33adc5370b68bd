use std::sync::Arc;

use seatline_domain::id::{ReservationId, UserId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Reservations;
use seatline_domain::reservation::Reservation;
use seatline_domain::storage::StorageError;

/// Lists a user's reservations.
pub struct ListReservations {
    /// Keeps reservations.
    pub reservations: Arc<dyn Reservations>,
}

impl ListReservations {
    /// One page of them as they stand now, newest first.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(
        &self,
        user_id: UserId,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<Reservation, ReservationId>, StorageError> {
        self.reservations.reservations(user_id, page).await
    }
}

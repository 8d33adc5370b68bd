use async_trait::async_trait;

use crate::commands::{CancelError, CancelReservationCommand, ExpireHoldCommand};
use crate::id::{ReservationId, UserId};
use crate::page::{Page, PageRequest};
use crate::reservation::Reservation;
use crate::storage::StorageError;

/// Keeps reservations.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Reservations: Send + Sync {
    /// Gives up an unpaid hold and frees its seats.
    async fn cancel(&self, command: CancelReservationCommand) -> Result<Reservation, CancelError>;

    /// Writes down that a hold's time is up; `false` when it is not, or was written before.
    async fn expire(&self, command: ExpireHoldCommand) -> Result<bool, StorageError>;

    /// Holds whose time is up and for which that was not written yet, oldest first, at most `limit`.
    async fn expired_holds(&self, limit: u16) -> Result<Vec<ExpireHoldCommand>, StorageError>;

    /// One reservation of a user, as it stands now. Another user's is not found.
    async fn reservation(
        &self,
        user_id: UserId,
        id: ReservationId,
    ) -> Result<Option<Reservation>, StorageError>;

    /// A user's reservations as they stand now, newest first.
    async fn reservations(
        &self,
        user_id: UserId,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<Reservation, ReservationId>, StorageError>;
}

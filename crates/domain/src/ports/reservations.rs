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
    /// Cancels an unpaid hold and frees its seats.
    async fn cancel(&self, command: CancelReservationCommand) -> Result<Reservation, CancelError>;

    /// Records that a hold has expired; `false` when it has not, or that was recorded before.
    async fn expire(&self, command: ExpireHoldCommand) -> Result<bool, StorageError>;

    /// Expired holds for which that was not recorded yet, oldest first, at most `limit`.
    async fn expired_holds(&self, limit: u16) -> Result<Vec<ExpireHoldCommand>, StorageError>;

    /// One reservation of a user, as it stands now. Another user's is not found.
    async fn reservation(
        &self,
        user_id: UserId,
        id: ReservationId,
    ) -> Result<Option<Reservation>, StorageError>;

    /// A user's reservations as they stand now, newest first by the database's clock.
    async fn reservations(
        &self,
        user_id: UserId,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<Reservation, ReservationId>, StorageError>;
}

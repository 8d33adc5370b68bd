use async_trait::async_trait;

use crate::commands::{PayError, PayReservationCommand, TurnError};
use crate::id::{PaymentId, UserId};
use crate::idempotency::Answer;
use crate::page::{Page, PageRequest};
use crate::payment::{OwnedSeats, Payment};
use crate::storage::StorageError;

/// Takes payments and keeps their record.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Payments: Send + Sync {
    /// Pays a reservation: debit, ledger entry, payment, seats, reservation and pass in one transaction. Of concurrent
    /// callers one pays; the others get the same payment.
    async fn pay(&self, command: PayReservationCommand) -> Result<Answer<Payment>, TurnError<PayError>>;

    /// One payment of a user. Another user's is not found.
    async fn payment(&self, user_id: UserId, id: PaymentId) -> Result<Option<Payment>, StorageError>;

    /// A user's payments, newest first by the database's clock.
    async fn payments(
        &self,
        user_id: UserId,
        page: PageRequest<PaymentId>,
    ) -> Result<Page<Payment, PaymentId>, StorageError>;

    /// The seats that a user has bought: the newest, at most `limit`, and how many there are.
    async fn owned_seats(&self, user_id: UserId, limit: u16) -> Result<OwnedSeats, StorageError>;
}

use async_trait::async_trait;

use crate::commands::{PayError, PayReservationCommand, RefundError, RefundPaymentCommand, TurnError};
use crate::id::{PaymentId, UserId};
use crate::idempotency::Answer;
use crate::page::{Page, PageRequest};
use crate::payment::{OwnedSeats, Payment, Refund};
use crate::storage::StorageError;

/// Takes payments and keeps their record.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Payments: Send + Sync {
    /// Pays a reservation: debit, ledger entry, payment, seats, reservation and pass in one transaction. Of concurrent
    /// callers one pays; the others get the same payment.
    async fn pay(&self, command: PayReservationCommand) -> Result<Answer<Payment>, TurnError<PayError>>;

    /// Refunds seats of a payment: seats, points, ledger entry, refund and reservation in one transaction. Of concurrent
    /// callers for one seat one refunds it; the others get the same refund.
    async fn refund(&self, command: RefundPaymentCommand) -> Result<Answer<Refund>, RefundError>;

    /// One payment of a user. Another user's is not found.
    async fn payment(&self, user_id: UserId, id: PaymentId) -> Result<Option<Payment>, StorageError>;

    /// A user's payments, newest first by the database's clock.
    async fn payments(
        &self,
        user_id: UserId,
        page: PageRequest<PaymentId>,
    ) -> Result<Page<Payment, PaymentId>, StorageError>;

    /// The seats that a user has bought, but for those that were refunded: the newest, at most `limit`, and how many there are.
    async fn owned_seats(&self, user_id: UserId, limit: u16) -> Result<OwnedSeats, StorageError>;
}

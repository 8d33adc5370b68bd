use std::sync::Arc;

use seatline_domain::commands::{RefundError, RefundPaymentCommand, RefundRequester};
use seatline_domain::id::{LedgerEntryId, PaymentId, RefundId, UserId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::payment::{PaidReservation, Refund};
use seatline_domain::ports::{Ids, Payments, Reservations};
use seatline_domain::seat::SeatSelection;
use seatline_domain::storage::StorageError;

/// Gives seats of a payment back.
pub struct RefundPayment {
    /// Keeps payments, and refunds them.
    pub payments: Arc<dyn Payments>,
    /// Keeps what was paid.
    pub reservations: Arc<dyn Reservations>,
    /// Makes the new ids.
    pub ids: Arc<dyn Ids>,
}

impl RefundPayment {
    /// Refunds these seats of a user's payment, all that are left if none are named; finds the refund when it was made
    /// before.
    ///
    /// # Errors
    /// [`RefundError`] saying why not; nothing was given back then.
    pub async fn execute(
        &self,
        user_id: UserId,
        payment_id: PaymentId,
        seats: Option<SeatSelection>,
        requester: RefundRequester,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<Refund>, RefundError> {
        let paid = self.paid(user_id, payment_id).await?;
        let refund_id = RefundId::new(self.ids.next());
        let entry_id = LedgerEntryId::new(self.ids.next());
        self.payments.refund(RefundPaymentCommand { refund_id, entry_id, paid, seats, requester, key }).await
    }

    /// What the payment paid for, which never changes.
    async fn paid(&self, user_id: UserId, payment_id: PaymentId) -> Result<PaidReservation, RefundError> {
        let payment =
            self.payments.payment(user_id, payment_id).await?.ok_or(RefundError::PaymentNotFound)?;
        let reservation = self.reservations.reservation(user_id, payment.reservation_id).await?;
        let reservation = reservation.ok_or_else(|| StorageError::missing("the reservation of a payment"))?;
        Ok(PaidReservation::of(&payment, &reservation))
    }
}

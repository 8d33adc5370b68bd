use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId, Reason};
use seatline_domain::commands::{RefundError, RefundRequester};
use seatline_domain::id::{AuditEntryId, PaymentId, UserId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::payment::Refund;
use seatline_domain::ports::Ids;
use seatline_domain::seat::SeatSelection;

use crate::payments::RefundPayment;

/// Gives seats of a user's payment back for them, at any time.
pub struct RefundForUser {
    /// Gives seats back.
    pub refund: Arc<RefundPayment>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl RefundForUser {
    /// Refunds these seats for this operator, all that are left if none are named, and records it for audit.
    ///
    /// # Errors
    /// [`RefundError`] saying why not; nothing was given back then.
    pub async fn execute(
        &self,
        operator: OperatorId,
        (user_id, payment_id): (UserId, PaymentId),
        seats: Option<SeatSelection>,
        reason: Reason,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<Refund>, RefundError> {
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator };
        let requester = RefundRequester::Operator { stamp, reason };
        self.refund.execute(user_id, payment_id, seats, requester, key).await
    }
}

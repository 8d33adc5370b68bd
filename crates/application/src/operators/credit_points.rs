use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId, Reason};
use seatline_domain::commands::{CreditError, CreditPointsCommand};
use seatline_domain::id::{AuditEntryId, LedgerEntryId, UserId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::point::{LedgerEntry, PointsChange};
use seatline_domain::ports::{Ids, Wallets};

/// Adds points to a user's wallet, or takes some back.
pub struct CreditPoints {
    /// Keeps wallets.
    pub wallets: Arc<dyn Wallets>,
    /// Makes the new ids.
    pub ids: Arc<dyn Ids>,
}

impl CreditPoints {
    /// Changes the balance for this operator, once per key, and records it for audit.
    ///
    /// # Errors
    /// [`CreditError`] saying why not; the balance is as it was then.
    pub async fn execute(
        &self,
        operator: OperatorId,
        user_id: UserId,
        change: PointsChange,
        reason: Reason,
        key: IdempotencyKey,
    ) -> Result<Answer<LedgerEntry>, CreditError> {
        let entry_id = LedgerEntryId::new(self.ids.next());
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator };
        self.wallets.credit(CreditPointsCommand { entry_id, user_id, change, stamp, reason, key }).await
    }
}

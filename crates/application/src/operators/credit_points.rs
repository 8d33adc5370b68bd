use std::sync::Arc;

use seatline_domain::audit::{OperatorId, Reason};
use seatline_domain::commands::{CreditError, CreditPointsCommand};
use seatline_domain::id::{LedgerEntryId, UserId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::point::{LedgerEntry, PointsChange};
use seatline_domain::ports::{Ids, Wallets};

/// Adds points to a user's wallet, or takes some back.
pub struct CreditPoints {
    /// Keeps wallets.
    pub wallets: Arc<dyn Wallets>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl CreditPoints {
    /// Changes the balance for this operator, once per key.
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
        self.wallets.credit(CreditPointsCommand { entry_id, user_id, change, operator, reason, key }).await
    }
}

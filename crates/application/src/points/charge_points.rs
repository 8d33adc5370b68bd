use std::sync::Arc;

use seatline_domain::commands::{ChargeError, ChargePointsCommand};
use seatline_domain::id::{LedgerEntryId, UserId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::point::{Amount, LedgerEntry};
use seatline_domain::ports::{Ids, Wallets};

/// Charges points.
pub struct ChargePoints {
    /// Keeps wallets.
    pub wallets: Arc<dyn Wallets>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl ChargePoints {
    /// Adds points to a user's wallet, once per key.
    ///
    /// # Errors
    /// [`ChargeError`] saying why not; the balance is as it was then.
    pub async fn execute(
        &self,
        user_id: UserId,
        amount: Amount,
        key: IdempotencyKey,
    ) -> Result<Answer<LedgerEntry>, ChargeError> {
        let entry_id = LedgerEntryId::new(self.ids.next());
        self.wallets.charge(ChargePointsCommand { entry_id, user_id, amount, key }).await
    }
}

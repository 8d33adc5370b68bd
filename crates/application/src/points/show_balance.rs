use std::sync::Arc;

use seatline_domain::id::UserId;
use seatline_domain::point::Amount;
use seatline_domain::ports::Wallets;
use seatline_domain::storage::StorageError;

/// Shows a user their balance.
pub struct ShowBalance {
    /// Keeps wallets.
    pub wallets: Arc<dyn Wallets>,
}

impl ShowBalance {
    /// The balance.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(&self, user_id: UserId) -> Result<Amount, StorageError> {
        self.wallets.balance(user_id).await
    }
}

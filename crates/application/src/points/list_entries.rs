use std::sync::Arc;

use seatline_domain::id::UserId;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::point::LedgerEntry;
use seatline_domain::ports::Wallets;
use seatline_domain::storage::StorageError;

/// Lists the entries of a user's ledger.
pub struct ListEntries {
    /// Keeps wallets.
    pub wallets: Arc<dyn Wallets>,
}

impl ListEntries {
    /// One page of them, newest first.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(
        &self,
        user_id: UserId,
        page: PageRequest<u64>,
    ) -> Result<Page<LedgerEntry, u64>, StorageError> {
        self.wallets.entries(user_id, page).await
    }
}

use std::sync::Arc;

use seatline_domain::idempotency::policy;
use seatline_domain::ports::IdempotencyKeys;
use seatline_domain::storage::StorageError;

/// Removes the records of idempotency keys whose time is up. Nothing waits for it: an expired record answers nobody.
pub struct DeleteExpiredKeys {
    /// Keeps the records.
    pub keys: Arc<dyn IdempotencyKeys>,
}

impl DeleteExpiredKeys {
    /// How many records one step removes. After one that removed so many there may be more.
    pub const STEP: u16 = policy::DELETED_PER_STEP;

    /// Takes one step; says how many records it removed.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        self.keys.delete_expired(Self::STEP).await
    }
}

use async_trait::async_trait;

use crate::storage::StorageError;

/// Keeps the records of keys.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait IdempotencyKeys: Send + Sync {
    /// Removes records that have expired by storage's clock, oldest first, at most `limit`; says how many it removed.
    ///
    /// No answer depends on it: an expired record answers nobody, removed or not. Waits for nobody: what others are
    /// about to remove or to replace is left to them.
    async fn delete_expired(&self, limit: u16) -> Result<usize, StorageError>;
}

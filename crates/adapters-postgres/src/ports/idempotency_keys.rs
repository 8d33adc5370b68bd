use async_trait::async_trait;
use seatline_domain::ports::IdempotencyKeys;
use seatline_domain::storage::StorageError;

use crate::postgres::Postgres;
use crate::tables::idempotency_keys::delete_expired;

#[async_trait]
impl IdempotencyKeys for Postgres {
    async fn delete_expired(&self, limit: u16) -> Result<usize, StorageError> {
        let lease = self.shares.browsing.begin().await?;
        let removed = delete_expired(&lease, limit).await;
        let removed = lease.finish(removed).await?;
        self.metrics.keys_deleted.increment(u64::try_from(removed).unwrap_or(0));
        Ok(removed)
    }
}

use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_domain::id::UserId;
use seatline_domain::ports::{IdleAccounts, IdleRemoval};
use seatline_domain::storage::StorageError;

use crate::postgres::Postgres;
use crate::tables::idle_accounts::{find, remove};

#[async_trait]
impl IdleAccounts for Postgres {
    async fn find_idle(
        &self,
        after: Option<UserId>,
        keep: TimeDelta,
        limit: u16,
    ) -> Result<Option<UserId>, StorageError> {
        let lease = self.shares.browsing.begin().await?;
        let found = find(&lease, after, keep, limit).await;
        Ok(lease.finish(found).await?)
    }

    async fn remove_idle(&self, keep: TimeDelta, limit: u16) -> Result<IdleRemoval, StorageError> {
        let lease = self.shares.browsing.begin().await?;
        let done = remove(&lease, keep, limit).await;
        let done = lease.finish(done).await?;
        self.metrics.accounts_removed.increment(u64::try_from(done.removed).unwrap_or(0));
        Ok(done)
    }
}

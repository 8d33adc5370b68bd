use async_trait::async_trait;
use chrono::TimeDelta;

use crate::id::UserId;
use crate::storage::StorageError;

/// Removes accounts that never did anything, in two steps, so that none goes while it is used: an account is found idle
/// as [`AccountTraces::is_idle`](crate::user::AccountTraces::is_idle) decides, and removed a while later, unless it was
/// looked up by its token meanwhile, or is not idle any more.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait IdleAccounts: Send + Sync {
    /// Looks at the next accounts in an order of storage's own, at most `limit`, and notes which are idle. Gives the last
    /// one looked at when there may be more after it.
    ///
    /// * `keep` – how long accounts are kept that do nothing, by storage's clock.
    async fn find_idle(
        &self,
        after: Option<UserId>,
        keep: TimeDelta,
        limit: u16,
    ) -> Result<Option<UserId>, StorageError>;

    /// Removes accounts that were found idle before [`removal_cutoff`](crate::user::removal_cutoff) and still are, with
    /// their wallets, and takes off the others, at most `limit` together. Waits for nobody: what others have locked is left
    /// to the next time.
    async fn remove_idle(&self, keep: TimeDelta, limit: u16) -> Result<IdleRemoval, StorageError>;
}

/// What a step of removal did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IdleRemoval {
    /// How many accounts it looked at.
    pub looked_at: usize,
    /// How many of them it removed.
    pub removed: usize,
}

use std::sync::Arc;

use chrono::TimeDelta;
use seatline_domain::id::UserId;
use seatline_domain::ports::IdleAccounts;
use seatline_domain::storage::StorageError;
use seatline_domain::user::policy;
use tokio::sync::Mutex;

/// Removes accounts that never did anything. One that is used, or does something, is kept.
pub struct RemoveIdleAccounts {
    accounts: Arc<dyn IdleAccounts>,
    keep: Option<TimeDelta>,
    /// The account up to which they were looked at; none before the first.
    looked_up_to: Mutex<Option<UserId>>,
}

impl RemoveIdleAccounts {
    /// How many accounts one step looks at. After one that looked at so many there may be more.
    pub const STEP: u16 = policy::ACCOUNTS_PER_STEP;

    /// Of these accounts.
    ///
    /// * `keep` – how long an account is kept that does nothing; for ever, if not said.
    pub fn new(accounts: Arc<dyn IdleAccounts>, keep: Option<TimeDelta>) -> Self {
        Self { accounts, keep, looked_up_to: Mutex::default() }
    }

    /// Looks at the next accounts, and notes which are idle; says how many it looked at, 0 at the end. The step after
    /// that begins anew.
    ///
    /// # Errors
    /// Storage's. The next step looks at the same accounts.
    pub async fn find(&self) -> Result<usize, StorageError> {
        let Some(keep) = self.keep else { return Ok(0) };
        let mut looked_up_to = self.looked_up_to.lock().await;
        *looked_up_to = self.accounts.find_idle(*looked_up_to, keep, Self::STEP).await?;
        Ok(looked_up_to.map_or(0, |_| Self::STEP.into()))
    }

    /// Removes accounts that were found idle a while ago and still are; says how many it looked at.
    ///
    /// # Errors
    /// Storage's.
    pub async fn remove(&self) -> Result<usize, StorageError> {
        let Some(keep) = self.keep else { return Ok(0) };
        let done = self.accounts.remove_idle(keep, Self::STEP).await?;
        if done.removed > 0 {
            tracing::info!(accounts = done.removed, "removed accounts that never did anything");
        }
        Ok(done.looked_at)
    }
}

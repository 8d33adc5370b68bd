use std::sync::{Arc, Mutex, PoisonError};

use futures::future::join_all;
use seatline_domain::charge::{ChargeBacklog, policy};
use seatline_domain::ports::Charges;
use seatline_domain::storage::StorageError;

use super::{ChargeError, Charging};

/// Looks up charges whose money is waited for, each on one instance at a time, so that nothing depends on browsers that
/// come back or on notices.
pub struct LookUpCharges {
    charging: Charging,
    charges: Arc<dyn Charges>,
    backlog: Mutex<ChargeBacklog>,
}

impl LookUpCharges {
    /// The most charges that one step looks up.
    pub const STEP: u16 = policy::LOOK_UPS_PER_STEP;

    /// Looks up what is charged so, and kept there.
    pub fn new(charging: Charging, charges: Arc<dyn Charges>) -> Self {
        Self { charging, charges, backlog: Mutex::default() }
    }

    /// Takes one step; says how many charges it looked up. One that cannot be asked about now is left to whoever comes
    /// next.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let Some(provider) = self.charging.provider() else { return Ok(0) };
        let due = self.charges.lease(provider.name(), Self::STEP).await?;
        let looked_up = due.len();
        let results = join_all(due.iter().map(|charge| provider.find_out(charge))).await;
        let failed = results.into_iter().find_map(|result| match result {
            Err(ChargeError::Storage(error)) => Some(error),
            _ => None,
        });
        failed.map_or(Ok(looked_up), Err)
    }

    /// Counts the charges whose money is waited for, now and then.
    ///
    /// # Errors
    /// Storage's.
    pub async fn count(&self) -> Result<usize, StorageError> {
        let Some(provider) = self.charging.provider_name() else { return Ok(0) };
        let backlog = self.charges.backlog(provider).await?;
        *self.backlog.lock().unwrap_or_else(PoisonError::into_inner) = backlog;
        Ok(0)
    }

    /// What was waited for when it was last counted; nothing where no provider takes money.
    pub fn backlog(&self) -> ChargeBacklog {
        *self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

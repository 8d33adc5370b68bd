use std::time::Duration;

use async_trait::async_trait;
use seatline_domain::Timestamp;
use seatline_domain::charge::{Charge, ChargeBacklog, ProviderName, policy};
use seatline_domain::commands::{
    CreateChargeCommand, CreateChargeError, RecordFindingCommand, RecordFindingError,
};
use seatline_domain::id::ChargeId;
use seatline_domain::idempotency::Answer;
use seatline_domain::ports::Charges;
use seatline_domain::storage::StorageError;

use crate::lane::submit;
use crate::metrics::begun_charge_outcome;
use crate::pool::time_of_read;
use crate::postgres::Postgres;
use crate::tables::charges::{CountPendingCharges, FindCharges, LeaseCharges, RecordChargingMode};
use crate::tables::readable;

/// The most pending charges that are counted.
const PENDING_MAX: i64 = 100_000;

#[async_trait]
impl Charges for Postgres {
    async fn create(&self, command: CreateChargeCommand) -> Result<Answer<ChargeId>, CreateChargeError> {
        let result = submit(&self.cells.home().wallet_lanes, command.user_id.uuid(), command).await;
        self.metrics.charges.count(begun_charge_outcome(&result));
        result
    }

    async fn record(&self, command: RecordFindingCommand) -> Result<Charge, RecordFindingError> {
        submit(&self.cells.home().wallet_lanes, command.user_id.uuid(), command).await
    }

    async fn charge(&self, charge_id: ChargeId) -> Result<Option<Charge>, StorageError> {
        let charge_ids = vec![charge_id.uuid()];
        let row = self.shares.browsing.load_one(FindCharges { charge_ids }).await?;
        Ok(row.map(Charge::try_from).transpose()?)
    }

    async fn lease(&self, provider: ProviderName, limit: u16) -> Result<Vec<Charge>, StorageError> {
        let seconds = policy::LOOK_UP_LEASE.num_seconds();
        let provider = provider.as_str().to_owned();
        let rows = self.shares.browsing.load(LeaseCharges { seconds, provider, limit: limit.into() }).await?;
        // A corrupt row keeps nobody else's money waiting.
        Ok(rows.into_iter().filter_map(|row| readable(Charge::try_from(row))).collect())
    }

    async fn backlog(&self, provider: ProviderName) -> Result<ChargeBacklog, StorageError> {
        let counting = CountPendingCharges { provider: provider.as_str().to_owned(), limit: PENDING_MAX };
        let row = self.shares.browsing.load_one(counting).await?;
        Ok(row.map_or_else(ChargeBacklog::default, |row| ChargeBacklog {
            pending: u64::try_from(row.pending).unwrap_or_default(),
            oldest: u64::try_from(row.oldest_ms).ok().map(Duration::from_millis),
        }))
    }

    async fn time(&self) -> Result<Timestamp, StorageError> {
        let lease = self.shares.browsing.lease().await?;
        Ok(time_of_read(&lease).await?)
    }
}

impl Postgres {
    /// Says how points are charged from now on, for those who look for charges without money: `play`, `operator`, or the
    /// name of a provider.
    ///
    /// # Errors
    /// Storage's.
    pub async fn record_charging_mode(&self, mode: &str) -> Result<(), StorageError> {
        let lease = self.shares.browsing.lease().await?;
        lease.execute(RecordChargingMode { mode: mode.to_owned() }).await?;
        Ok(())
    }
}

use async_trait::async_trait;

use crate::Timestamp;
use crate::charge::{Charge, ChargeBacklog, ProviderName};
use crate::commands::{CreateChargeCommand, CreateChargeError, RecordFindingCommand, RecordFindingError};
use crate::id::ChargeId;
use crate::idempotency::Answer;
use crate::storage::StorageError;

/// Keeps charges by providers.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Charges: Send + Sync {
    /// Writes down a charge; a repeated key names the first one again and adds none.
    async fn create(&self, command: CreateChargeCommand) -> Result<Answer<ChargeId>, CreateChargeError>;

    /// Records what the provider says, and credits the points in the same transaction when it has the money. Gives the
    /// charge as it is then. Must return [`RecordFindingError::NotFound`] when the user has no such charge.
    async fn record(&self, command: RecordFindingCommand) -> Result<Charge, RecordFindingError>;

    /// One charge, whoever's it is.
    async fn charge(&self, charge_id: ChargeId) -> Result<Option<Charge>, StorageError>;

    /// Takes charges of a provider that are to be looked up now, at most `limit`, those that wait for longest first. Nobody
    /// else gets them for [`LOOK_UP_LEASE`](crate::charge::policy::LOOK_UP_LEASE), unless something is recorded meanwhile.
    /// Waits for nobody.
    async fn lease(&self, provider: ProviderName, limit: u16) -> Result<Vec<Charge>, StorageError>;

    /// What a provider's money is waited for at the moment: charges that are neither paid nor closed.
    async fn backlog(&self, provider: ProviderName) -> Result<ChargeBacklog, StorageError>;

    /// The time, by the clock that decides.
    async fn time(&self) -> Result<Timestamp, StorageError>;
}

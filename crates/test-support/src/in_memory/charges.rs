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

use super::InMemory;

#[async_trait]
impl Charges for InMemory {
    async fn create(&self, command: CreateChargeCommand) -> Result<Answer<ChargeId>, CreateChargeError> {
        self.decide(&command)
    }

    async fn record(&self, command: RecordFindingCommand) -> Result<Charge, RecordFindingError> {
        let recorded = self.decide(&command)?;
        self.state().leased_until.remove(&command.charge_id);
        Ok(recorded)
    }

    async fn charge(&self, charge_id: ChargeId) -> Result<Option<Charge>, StorageError> {
        Ok(self.state().set.charges.get(&charge_id).cloned())
    }

    async fn lease(&self, provider: ProviderName, limit: u16) -> Result<Vec<Charge>, StorageError> {
        let (now, mut state) = (self.now(), self.state());
        let is_due = |charge: &&Charge| {
            charge.provider == provider
                && charge.look_up_at.is_some_and(|at| at <= now)
                && state.leased_until.get(&charge.id).is_none_or(|until| *until <= now)
        };
        let charges = state.set.charges.iter().map(|(_, charge)| charge);
        let mut due: Vec<_> = charges.filter(is_due).cloned().collect();
        due.sort_by_key(|charge| charge.look_up_at);
        due.truncate(limit.into());
        for charge in &due {
            state.leased_until.insert(charge.id, now + policy::LOOK_UP_LEASE);
        }
        Ok(due)
    }

    async fn backlog(&self, provider: ProviderName) -> Result<ChargeBacklog, StorageError> {
        let (now, state) = (self.now(), self.state());
        let charges = state.set.charges.iter().map(|(_, charge)| charge);
        let pending: Vec<_> = charges
            .filter(|charge| charge.provider == provider && charge.is_open())
            .map(|charge| (now - charge.created_at).to_std().unwrap_or_default())
            .collect();
        Ok(ChargeBacklog {
            pending: u64::try_from(pending.len()).unwrap_or(u64::MAX),
            oldest: pending.into_iter().max(),
        })
    }

    async fn time(&self) -> Result<Timestamp, StorageError> {
        Ok(self.now())
    }
}

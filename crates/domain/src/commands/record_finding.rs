use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::charge::{Charge, Credit, Finding};
use crate::event::{EventBody, EventKind};
use crate::id::{ChargeId, LedgerEntryId, UserId};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Records what a provider says of a charge, and credits its points when that is the charge's own money: once, however
/// often it is found out. Others are told when the points are there, as of every charge.
#[derive(Debug, Clone)]
pub struct RecordFindingCommand {
    /// The charge.
    pub charge_id: ChargeId,
    /// Its user.
    pub user_id: UserId,
    /// What the provider says.
    pub finding: Finding,
    /// The id that the ledger entry gets, if there is to be one.
    pub entry_id: LedgerEntryId,
}

/// Error of recording what a provider says.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordFindingError {
    /// The user has no such charge.
    #[error("there is no such charge")]
    NotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Command for RecordFindingCommand {
    type Success = Charge;
    type Error = RecordFindingError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.wallets.insert(self.user_id);
        footprint.charges.insert(self.charge_id);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Charge, RecordFindingError> {
        let known = set.charges.get(&self.charge_id).is_some_and(|charge| charge.user_id == self.user_id);
        if !known || set.wallets.get(&self.user_id).is_none() {
            return Err(RecordFindingError::NotFound);
        }
        let charge = set.charges.get_mut(&self.charge_id).ok_or(RecordFindingError::NotFound)?;
        let is_paid = charge.record(&self.finding, Credit { entry_id: self.entry_id, at: now });
        let charge = charge.clone();
        if is_paid && let Some(wallet) = set.wallets.get_mut(&self.user_id) {
            let entry = wallet.receive(self.entry_id, charge.amount, charge.id, now);
            set.entries.push(entry.clone());
            set.events.tell(EventKind::ChargeCompleted, now, || EventBody::ChargeCompleted(entry));
        }
        Ok(charge)
    }
}

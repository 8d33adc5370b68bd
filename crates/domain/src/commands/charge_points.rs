use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::event::{EventBody, EventKind};
use crate::id::{LedgerEntryId, UserId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use crate::point::{Amount, LedgerEntry, WalletFull, policy};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Adds points to a user's wallet, once per key.
#[derive(Debug, Clone)]
pub struct ChargePointsCommand {
    /// The id that the new ledger entry gets.
    pub entry_id: LedgerEntryId,
    /// The wallet's user.
    pub user_id: UserId,
    /// How many points: above 0, at most [`policy::MAX_CHARGE`].
    pub amount: Amount,
    /// The key that makes a retry safe.
    pub key: IdempotencyKey,
}

/// Error of charging points.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChargeError {
    /// The amount is zero.
    #[error("the amount must be above zero")]
    NotPositive,
    /// The amount is beyond the most that one charge adds.
    #[error("one charge adds at most {} points", policy::MAX_CHARGE)]
    TooMuch,
    /// The balance would be beyond the most that a wallet holds.
    #[error(transparent)]
    WalletFull(#[from] WalletFull),
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ChargeError {
    /// Refuses what nobody can charge at once, in whatever way.
    pub(super) fn check_amount(amount: Amount) -> Result<(), Self> {
        if amount == Amount::ZERO {
            Err(Self::NotPositive)
        } else if amount > policy::MAX_CHARGE {
            Err(Self::TooMuch)
        } else {
            Ok(())
        }
    }
}

impl ChargePointsCommand {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new(format!("charge {}", self.amount))
    }
}

impl Command for ChargePointsCommand {
    type Success = Answer<LedgerEntry>;
    type Error = ChargeError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.wallets.insert(self.user_id);
        footprint.keys.insert((KeyOwner::User(self.user_id), self.key.clone()));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<LedgerEntry>, ChargeError> {
        match set.recorded(KeyOwner::User(self.user_id), Some(&self.key), || self.fingerprint(), now)? {
            Some(Outcome::Charged(entry)) => return Ok(Answer::replayed(entry.clone(), true)),
            Some(_) => return Err(KeyReused.into()),
            None => {}
        }
        ChargeError::check_amount(self.amount)?;
        let wallet = set.wallets.get_mut(&self.user_id).ok_or_else(|| StorageError::missing("the wallet"))?;
        let entry = wallet.charge(self.entry_id, self.amount, now)?;
        set.entries.push(entry.clone());
        set.events.tell(EventKind::ChargeCompleted, now, || EventBody::ChargeCompleted(entry.clone()));
        let (owner, outcome) = (KeyOwner::User(self.user_id), Outcome::Charged(entry.clone()));
        set.record(owner, &self.key, self.fingerprint(), outcome, now);
        Ok(Answer::created(entry))
    }
}

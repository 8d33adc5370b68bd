use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditEntry, AuditStamp, NO_CONCERT, Reason, facts};
use crate::id::{LedgerEntryId, UserId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use crate::point::{
    Amount, CreditRecord, InsufficientPoints, LedgerEntry, PointsChange, Wallet, WalletFull, policy,
};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Adds points to a user's wallet for an operator, or takes some back, once per key. Who did it, and why, is kept with the
/// ledger entry, and recorded for audit.
#[derive(Debug, Clone)]
pub struct CreditPointsCommand {
    /// The id that the new ledger entry gets.
    pub entry_id: LedgerEntryId,
    /// The wallet's user.
    pub user_id: UserId,
    /// What is added or taken: above 0, at most [`policy::MAX_CHARGE`].
    pub change: PointsChange,
    /// The audit entry's id and the operator.
    pub stamp: AuditStamp,
    /// The operator's reason.
    pub reason: Reason,
    /// The operator's key that makes a retry safe.
    pub key: IdempotencyKey,
}

/// Error of crediting points, or of taking them back.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CreditError {
    /// There is no such user.
    #[error("there is no such user")]
    UserNotFound,
    /// The amount is zero.
    #[error("the amount must not be zero")]
    Zero,
    /// The amount is beyond the most that one credit adds or takes.
    #[error("one credit adds or takes at most {} points", policy::MAX_CHARGE)]
    TooMuch,
    /// The balance would be beyond the most that a wallet holds.
    #[error(transparent)]
    WalletFull(#[from] WalletFull),
    /// The balance is below what is to be taken.
    #[error(transparent)]
    InsufficientPoints(#[from] InsufficientPoints),
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl CreditPointsCommand {
    const fn key_owner(&self) -> KeyOwner {
        KeyOwner::Operator(self.stamp.operator)
    }

    fn fingerprint(&self) -> Fingerprint {
        let (kind, amount) = match self.change {
            PointsChange::Credit(amount) => ("credit", amount),
            PointsChange::Debit(amount) => ("debit", amount),
        };
        Fingerprint::new(format!("{kind} {} {amount} {}", self.user_id, self.reason.as_str()))
    }

    /// The change as audit records it.
    fn recorded(&self, before: &Wallet, entry: &LedgerEntry) -> AuditEntry {
        let wallet = |balance: Amount| {
            facts([("userId", self.user_id.to_string().into()), ("balance", balance.decimal().into())])
        };
        let mut after = wallet(entry.balance_after);
        after.extend(facts([
            ("entryId", entry.id.to_string().into()),
            ("amount", entry.signed_amount().into()),
            ("reason", self.reason.as_str().into()),
        ]));
        AuditEntry {
            stamp: self.stamp,
            concert_id: NO_CONCERT,
            action: match self.change {
                PointsChange::Credit(_) => AuditAction::PointsCredited,
                PointsChange::Debit(_) => AuditAction::PointsDebited,
            },
            before: Some(wallet(before.balance)),
            after,
            at: entry.created_at,
        }
    }
}

impl Command for CreditPointsCommand {
    type Success = Answer<LedgerEntry>;
    type Error = CreditError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.wallets.insert(self.user_id);
        footprint.keys.insert((self.key_owner(), self.key.clone()));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<LedgerEntry>, CreditError> {
        let owner = self.key_owner();
        match set.recorded(owner, Some(&self.key), || self.fingerprint(), now)? {
            Some(Outcome::Credited(entry)) => return Ok(Answer::replayed(entry.clone(), true)),
            Some(_) => return Err(KeyReused.into()),
            None => {}
        }
        if self.change.amount() == Amount::ZERO {
            return Err(CreditError::Zero);
        }
        if self.change.amount() > policy::MAX_CHARGE {
            return Err(CreditError::TooMuch);
        }
        let wallet = set.wallets.get(&self.user_id).ok_or(CreditError::UserNotFound)?;
        let mut changed = wallet.clone();
        let entry = match self.change {
            PointsChange::Credit(amount) => changed.credit(self.entry_id, amount, now)?,
            PointsChange::Debit(amount) => changed.take_back(self.entry_id, amount, now)?,
        };
        let recorded = self.recorded(wallet, &entry);
        if let Some(wallet) = set.wallets.get_mut(&self.user_id) {
            *wallet = changed;
        }
        set.audit.push(recorded);
        set.entries.push(entry.clone());
        let (operator, reason) = (self.stamp.operator, self.reason.clone());
        set.credits.push(CreditRecord { entry: entry.clone(), operator, reason });
        set.record(owner, &self.key, self.fingerprint(), Outcome::Credited(entry.clone()), now);
        Ok(Answer::created(entry))
    }
}

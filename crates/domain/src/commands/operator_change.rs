use crate::Timestamp;
use crate::audit::{AuditAction, AuditEntry, AuditStamp, Facts};
use crate::id::ConcertId;
use crate::idempotency::{Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use crate::working_set::{Footprint, WorkingSet};

/// An operator's change of what is there, as its key and the audit record know it. A change is made once a key, whatever
/// others changed since.
pub(super) struct OperatorChange<'c> {
    pub(super) concert_id: ConcertId,
    pub(super) action: AuditAction,
    pub(super) stamp: AuditStamp,
    pub(super) key: Option<&'c IdempotencyKey>,
    pub(super) fingerprint: Fingerprint,
    pub(super) outcome: Outcome,
}

impl OperatorChange<'_> {
    /// Names the record of the key.
    pub(super) fn footprint(&self, footprint: &mut Footprint) {
        footprint.keys.extend(self.key.cloned().map(|key| (self.owner(), key)));
    }

    /// Whether the key made the change before.
    ///
    /// # Errors
    /// [`KeyReused`] when it was used for something else.
    pub(super) fn was_made(&self, set: &WorkingSet, now: Timestamp) -> Result<bool, KeyReused> {
        match set.recorded(self.owner(), self.key, || self.fingerprint.clone(), now)? {
            Some(outcome) if *outcome == self.outcome => Ok(true),
            Some(_) => Err(KeyReused),
            None => Ok(false),
        }
    }

    /// Records it for audit, and by its key.
    pub(super) fn record(self, set: &mut WorkingSet, before: Facts, after: Facts, now: Timestamp) {
        let (owner, Self { concert_id, action, stamp, key, fingerprint, outcome }) = (self.owner(), self);
        set.audit.push(AuditEntry { stamp, concert_id, action, before: Some(before), after, at: now });
        if let Some(key) = key {
            set.record(owner, key, fingerprint, outcome, now);
        }
    }

    pub(super) const fn owner(&self) -> KeyOwner {
        KeyOwner::Operator(self.stamp.operator)
    }
}

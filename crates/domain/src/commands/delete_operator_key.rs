use thiserror::Error;

use super::Command;
use super::operator_key_record::recorded;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditEntry, AuditStamp, NO_CONCERT};
use crate::id::OperatorKeyId;
use crate::operator_key::{KeyChange, OperatorKey};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Deletes an operators' key, and records it for audit. What was deleted before stays as it is.
#[derive(Debug, Clone)]
pub struct DeleteOperatorKeyCommand {
    /// The key.
    pub id: OperatorKeyId,
    /// The audit entry's id and the owner.
    pub stamp: AuditStamp,
}

/// Error of deleting an operators' key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeleteOperatorKeyError {
    /// There never was such a key.
    #[error("there is no such key")]
    NotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Command for DeleteOperatorKeyCommand {
    type Success = OperatorKey;
    type Error = DeleteOperatorKeyError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.operator_keys.insert(self.id);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<OperatorKey, DeleteOperatorKeyError> {
        let key = set.operator_keys.get_mut(&self.id).ok_or(DeleteOperatorKeyError::NotFound)?;
        if key.deleted.is_some() {
            return Ok(key.clone());
        }
        let before = recorded(key);
        key.deleted = Some(KeyChange { at: now, by: self.stamp.operator });
        let deleted = key.clone();
        set.audit.push(AuditEntry {
            stamp: self.stamp,
            concert_id: NO_CONCERT,
            action: AuditAction::OperatorKeyDeleted,
            before: Some(before),
            after: recorded(&deleted),
            at: now,
        });
        Ok(deleted)
    }
}

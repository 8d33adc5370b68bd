use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::audit::OperatorId;
use crate::id::OperatorKeyId;
use crate::operator_key::{KeyChange, OperatorKey};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Deletes an operators' key. What was deleted before stays as it is.
#[derive(Debug, Clone)]
pub struct DeleteOperatorKeyCommand {
    /// The key.
    pub id: OperatorKeyId,
    /// The owner.
    pub owner: OperatorId,
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
        key.deleted.get_or_insert(KeyChange { at: now, by: self.owner });
        Ok(key.clone())
    }
}

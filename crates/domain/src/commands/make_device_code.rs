use super::Command;
use crate::Timestamp;
use crate::id::UserId;
use crate::storage::StorageError;
use crate::user::{DeviceCode, DeviceCodeHash, SealedToken};
use crate::working_set::{Footprint, WorkingSet};

/// Makes a device code, in place of the one that its user has.
#[derive(Debug, Clone)]
pub struct MakeDeviceCodeCommand {
    /// The user whose account it is.
    pub user_id: UserId,
    /// Its hash.
    pub hash: DeviceCodeHash,
    /// Their access token, sealed by it.
    pub sealed_token: SealedToken,
}

impl Command for MakeDeviceCodeCommand {
    type Success = DeviceCode;
    type Error = StorageError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.device_code_owners.insert(self.user_id);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<DeviceCode, StorageError> {
        let made = DeviceCode::made(self.user_id, self.hash, self.sealed_token, now);
        set.device_codes.insert(self.user_id, made.clone());
        Ok(made)
    }
}

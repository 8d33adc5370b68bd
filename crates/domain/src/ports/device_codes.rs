use async_trait::async_trait;

use crate::commands::{MakeDeviceCodeCommand, UseDeviceCodeCommand, UseDeviceCodeError};
use crate::storage::StorageError;
use crate::user::DeviceCode;

/// Keeps device codes.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait DeviceCodes: Send + Sync {
    /// Makes a code, in place of the one that its user has.
    async fn make(&self, command: MakeDeviceCodeCommand) -> Result<DeviceCode, StorageError>;

    /// Uses a code up, and gives it. Of concurrent callers with different forms, one is given it.
    async fn use_up(&self, command: UseDeviceCodeCommand) -> Result<DeviceCode, UseDeviceCodeError>;

    /// Removes codes whose time is up by storage's clock, at most `limit`; says how many it removed. No answer depends on
    /// it. Waits for nobody: what others have locked is left to the next time.
    async fn forget_expired(&self, limit: u16) -> Result<usize, StorageError>;
}

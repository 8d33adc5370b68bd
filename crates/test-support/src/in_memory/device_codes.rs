use async_trait::async_trait;
use seatline_domain::commands::{MakeDeviceCodeCommand, UseDeviceCodeCommand, UseDeviceCodeError};
use seatline_domain::ports::DeviceCodes;
use seatline_domain::storage::StorageError;
use seatline_domain::user::DeviceCode;

use super::InMemory;

#[async_trait]
impl DeviceCodes for InMemory {
    async fn make(&self, command: MakeDeviceCodeCommand) -> Result<DeviceCode, StorageError> {
        self.decide(&command)
    }

    async fn use_up(&self, command: UseDeviceCodeCommand) -> Result<DeviceCode, UseDeviceCodeError> {
        self.decide(&command)
    }

    async fn forget_expired(&self, limit: u16) -> Result<usize, StorageError> {
        let (mut state, now) = (self.state(), self.now());
        let codes = &mut state.set.device_codes;
        let mut expired: Vec<_> = codes.iter().filter(|(_, code)| code.expires_at <= now).collect();
        expired.sort_by_key(|(_, code)| code.expires_at);
        let expired: Vec<_> = expired.into_iter().map(|(user, _)| *user).take(limit.into()).collect();
        for user in &expired {
            codes.remove(user);
        }
        Ok(expired.len())
    }
}

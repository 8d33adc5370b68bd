use async_trait::async_trait;
use seatline_domain::commands::{MakeDeviceCodeCommand, UseDeviceCodeCommand, UseDeviceCodeError};
use seatline_domain::ports::DeviceCodes;
use seatline_domain::storage::StorageError;
use seatline_domain::user::DeviceCode;
use uuid::Uuid;

use crate::lane::submit;
use crate::postgres::Postgres;
use crate::tables::device_codes::delete_expired;

#[async_trait]
impl DeviceCodes for Postgres {
    async fn make(&self, command: MakeDeviceCodeCommand) -> Result<DeviceCode, StorageError> {
        submit(&self.cells.home().wallet_lanes, command.user_id.uuid(), command).await
    }

    async fn use_up(&self, command: UseDeviceCodeCommand) -> Result<DeviceCode, UseDeviceCodeError> {
        // Those with one code meet in one lane.
        let first = command.hashes.first().and_then(|hash| hash.bytes().first_chunk().copied());
        submit(&self.cells.home().wallet_lanes, Uuid::from_bytes(first.unwrap_or_default()), command).await
    }

    async fn forget_expired(&self, limit: u16) -> Result<usize, StorageError> {
        let lease = self.shares.browsing.begin().await?;
        let removed = delete_expired(&lease, limit).await;
        Ok(lease.finish(removed).await?)
    }
}

use std::sync::Arc;

use seatline_domain::Timestamp;
use seatline_domain::commands::MakeDeviceCodeCommand;
use seatline_domain::id::UserId;
use seatline_domain::ports::DeviceCodes;
use seatline_domain::storage::StorageError;

use super::device_code::CodeSecrets;
use super::{AccessToken, DeviceCodeText};
use crate::queue::QueueTokens;

/// Makes the code by which somebody takes their account to another device.
pub struct MakeDeviceCode {
    /// Keeps codes.
    pub codes: Arc<dyn DeviceCodes>,
    /// The service's secrets.
    pub secrets: Arc<QueueTokens>,
}

impl MakeDeviceCode {
    /// Makes one for a user who has just shown this token, in place of the one that they have. Gives it, and the instant
    /// from which it opens nothing.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(
        &self,
        user_id: UserId,
        token: &AccessToken,
    ) -> Result<(DeviceCodeText, Timestamp), StorageError> {
        let (code, secrets) = (DeviceCodeText::generate()?, CodeSecrets(&self.secrets));
        let hash = secrets.hashes(&code).into_iter().next();
        let (Some(hash), Some(sealed_token)) = (hash, secrets.seal(token, &code, user_id)) else {
            return Err(StorageError::missing("the secret of device codes"));
        };
        let made = self.codes.make(MakeDeviceCodeCommand { user_id, hash, sealed_token }).await?;
        Ok((code, made.expires_at))
    }
}

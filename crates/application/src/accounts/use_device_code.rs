use std::sync::Arc;

use seatline_domain::commands::{UseDeviceCodeCommand, UseDeviceCodeError};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::ports::DeviceCodes;

use super::device_code::CodeSecrets;
use super::{AccessToken, DeviceCodeText};
use crate::queue::QueueTokens;

/// Gives an account to the device on which its code was typed.
pub struct UseDeviceCode {
    /// Keeps codes.
    pub codes: Arc<dyn DeviceCodes>,
    /// The service's secrets.
    pub secrets: Arc<QueueTokens>,
}

impl UseDeviceCode {
    /// Uses a code up, and gives the access token of its account. The same form may be sent again.
    ///
    /// # Errors
    /// [`UseDeviceCodeError::Unknown`] when there is no such code, it was used, or its time is up; storage's.
    pub async fn execute(
        &self,
        code: &DeviceCodeText,
        form: &IdempotencyKey,
    ) -> Result<AccessToken, UseDeviceCodeError> {
        let secrets = CodeSecrets(&self.secrets);
        let hashes = secrets.hashes(code);
        let command = UseDeviceCodeCommand { hashes: hashes.clone(), form: secrets.form(form.as_str()) };
        let used = self.codes.use_up(command).await?;
        let secret = hashes.iter().position(|hash| *hash == used.hash).ok_or(UseDeviceCodeError::Unknown)?;
        secrets.open(used.sealed_token, code, used.user_id, secret).ok_or(UseDeviceCodeError::Unknown)
    }
}

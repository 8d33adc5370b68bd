use std::sync::Arc;

use seatline_domain::ports::DeviceCodes;
use seatline_domain::storage::StorageError;
use seatline_domain::user::policy;

/// Removes device codes whose time is up. Nothing waits for it: an expired code opens nothing.
pub struct ForgetDeviceCodes {
    /// Keeps codes.
    pub codes: Arc<dyn DeviceCodes>,
}

impl ForgetDeviceCodes {
    /// How many codes one step removes. After one that removed so many there may be more.
    pub const STEP: u16 = policy::DEVICE_CODES_PER_STEP;

    /// Takes one step; says how many codes it removed.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        self.codes.forget_expired(Self::STEP).await
    }
}

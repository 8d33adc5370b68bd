use std::sync::Arc;

use futures::future::join_all;
use seatline_domain::ports::Reservations;
use seatline_domain::storage::StorageError;

/// Writes down which holds have lapsed. Nothing waits for it: a lapsed hold is in nobody's way.
pub struct ExpireHolds {
    /// Where reservations are kept.
    pub reservations: Arc<dyn Reservations>,
}

impl ExpireHolds {
    /// How many holds one sweep takes.
    pub const BATCH: u16 = 500;

    /// Sweeps once; says how many holds it swept up.
    ///
    /// # Errors
    /// Storage's. A hold that could not be swept does not keep the others from being swept.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let lapsed = self.reservations.expired_holds(Self::BATCH).await?;
        let (mut swept, mut failed) = (0, None);
        for outcome in join_all(lapsed.into_iter().map(|hold| self.reservations.expire(hold))).await {
            match outcome {
                Ok(true) => swept += 1,
                Ok(false) => {}
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(swept), Err)
    }
}

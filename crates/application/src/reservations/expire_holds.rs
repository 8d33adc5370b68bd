use std::sync::Arc;

use futures::future::join_all;
use seatline_domain::ports::Reservations;
use seatline_domain::storage::StorageError;

/// Records which holds have expired. Nothing waits for it: an expired hold is in nobody's way.
pub struct ExpireHolds {
    /// Keeps reservations.
    pub reservations: Arc<dyn Reservations>,
}

impl ExpireHolds {
    /// The most holds that one step records as expired.
    pub const BATCH: u16 = 500;

    /// Takes one step; says how many holds it recorded as expired.
    ///
    /// # Errors
    /// Storage's. One hold that fails does not keep the others from being recorded.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let expired = self.reservations.expired_holds(Self::BATCH).await?;
        let (mut recorded, mut failed) = (0, None);
        for outcome in join_all(expired.into_iter().map(|hold| self.reservations.expire(hold))).await {
            match outcome {
                Ok(true) => recorded += 1,
                Ok(false) => {}
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(recorded), Err)
    }
}

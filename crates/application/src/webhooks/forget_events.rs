use std::sync::Arc;

use seatline_domain::ports::EventFeed;
use seatline_domain::storage::StorageError;

/// Removes events that have been kept for long, with their deliveries.
pub struct ForgetEvents {
    /// The events.
    pub feed: Arc<dyn EventFeed>,
}

impl ForgetEvents {
    /// The most events that one step removes.
    pub const STEP: u16 = 500;

    /// Takes one step; says how many it removed.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        self.feed.forget(Self::STEP).await
    }
}

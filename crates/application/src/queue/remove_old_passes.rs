use std::sync::Arc;

use chrono::TimeDelta;
use seatline_domain::commands::RemovePassesCommand;
use seatline_domain::ports::{QueueReader, WaitingRooms};
use seatline_domain::queue::policy;
use seatline_domain::storage::StorageError;

/// Removes the passes of rooms that have been closed for long. Nothing waits for it: they have all ended.
pub struct RemoveOldPasses {
    /// Finds the rooms.
    pub reader: Arc<dyn QueueReader>,
    /// Removes.
    pub rooms: Arc<dyn WaitingRooms>,
    /// How long passes are kept after the last performance has started; for ever, if not said.
    pub keep: Option<TimeDelta>,
}

impl RemoveOldPasses {
    /// The most rooms that one step looks at.
    const ROOMS_PER_STEP: u16 = 100;
    /// After a step that removed so many there may be more.
    pub const MANY: u64 = policy::PASSES_REMOVED_PER_STEP;

    /// Takes one step in every room that is due, one after the other; says how many passes it removed.
    ///
    /// # Errors
    /// Storage's. A room that failed does not keep the others from theirs.
    pub async fn execute(&self) -> Result<u64, StorageError> {
        let Some(keep) = self.keep else { return Ok(0) };
        let (mut removed, mut failed) = (0, None);
        for room in self.reader.closed_rooms(keep, Self::ROOMS_PER_STEP).await? {
            match self.rooms.remove_passes(RemovePassesCommand { room, keep }).await {
                Ok(passes) => removed += passes,
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(removed), Err)
    }
}

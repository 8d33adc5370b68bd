use std::sync::Arc;

use futures::future::join_all;
use seatline_domain::commands::AdmitWaitingCommand;
use seatline_domain::ports::WaitingRooms;
use seatline_domain::storage::StorageError;

use super::{Boards, RefreshBoards};

/// One tick of the waiting rooms: brings the boards up to date and admits people where there is room.
pub struct AdmitWaiting {
    /// Admits people.
    pub rooms: Arc<dyn WaitingRooms>,
    /// Know which rooms need it.
    pub boards: Arc<Boards>,
    /// Brings the boards up to date.
    pub refresh: Arc<RefreshBoards>,
}

impl AdmitWaiting {
    /// Ticks once; says how many people were admitted. Rooms in which nobody waits cost nothing.
    ///
    /// # Errors
    /// Storage's. A room whose step failed does not keep the others from theirs.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        self.refresh.execute().await?;
        let rooms = self.boards.needing_admission();
        let steps = rooms.into_iter().map(|concert_id| self.rooms.admit(AdmitWaitingCommand { concert_id }));
        let (mut admitted, mut failed) = (0, None);
        for step in join_all(steps).await {
            match step {
                Ok(step) => admitted += step.numbers.len(),
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(admitted), Err)
    }
}

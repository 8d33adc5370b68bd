use std::sync::Arc;

use seatline_domain::commands::AdmitWaitingCommand;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::WaitingRooms;
use seatline_domain::storage::StorageError;
use tokio::sync::Mutex;

use super::{Boards, RefreshBoards};
use crate::rounds::Rounds;

/// One tick of the waiting rooms: brings the boards up to date and admits people where there is room.
pub struct AdmitWaiting {
    rooms: Arc<dyn WaitingRooms>,
    boards: Arc<Boards>,
    refresh: Arc<RefreshBoards>,
    steps: Mutex<Rounds<ConcertId, Result<usize, StorageError>>>,
}

impl AdmitWaiting {
    /// Admits people to rooms of which the boards know that they need it.
    pub fn new(rooms: Arc<dyn WaitingRooms>, boards: Arc<Boards>, refresh: Arc<RefreshBoards>) -> Self {
        Self { rooms, boards, refresh, steps: Mutex::default() }
    }

    /// Ticks once; says how many people were admitted. Rooms in which nobody waits cost nothing. A room whose step takes
    /// long keeps no other from the next: what came of it is said by a later tick.
    ///
    /// # Errors
    /// Storage's. A room whose step failed does not keep the others from theirs.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        self.refresh.execute().await?;
        let mut steps = self.steps.lock().await;
        for concert_id in self.boards.needing_admission() {
            let rooms = self.rooms.clone();
            steps.begin(concert_id, async move {
                let admitted = rooms.admit(AdmitWaitingCommand { concert_id }).await?;
                Ok(admitted.numbers.len())
            });
        }
        // The first failure stands for all, and takes nothing from those that were admitted.
        steps.finish().await.into_iter().sum()
    }
}

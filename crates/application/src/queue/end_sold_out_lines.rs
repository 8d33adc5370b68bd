use std::sync::Arc;

use seatline_domain::commands::EndLineCommand;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::{QueueReader, WaitingRooms};
use seatline_domain::storage::StorageError;
use tokio::sync::Mutex;

use super::Boards;
use crate::rounds::Rounds;

/// Counts what is left of the seats for the boards to tell, and ends the lines behind which nothing is left.
pub struct EndSoldOutLines {
    count: Arc<CountSeats>,
    looks: Mutex<Rounds<ConcertId, Result<bool, StorageError>>>,
}

struct CountSeats {
    reader: Arc<dyn QueueReader>,
    rooms: Arc<dyn WaitingRooms>,
    boards: Arc<Boards>,
}

impl EndSoldOutLines {
    /// Counts for the rooms in which the boards know people, and tells them.
    pub fn new(reader: Arc<dyn QueueReader>, rooms: Arc<dyn WaitingRooms>, boards: Arc<Boards>) -> Self {
        Self { count: Arc::new(CountSeats { reader, rooms, boards }), looks: Mutex::default() }
    }

    /// Counts once for every room in which somebody waits; says how many lines ended. The others cost nothing: whoever
    /// asks about them is told by a count of their own. A room that takes long keeps no other from its next count.
    ///
    /// # Errors
    /// Storage's. A room that failed does not keep the others from theirs.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let mut looks = self.looks.lock().await;
        for (concert_id, waiting) in self.count.boards.rooms_with_a_line() {
            let count = self.count.clone();
            looks.begin(concert_id, async move { count.look(concert_id, waiting).await });
        }
        looks.finish().await.into_iter().map(|ended| ended.map(usize::from)).sum()
    }
}

impl CountSeats {
    /// The first attempt closes the door of a room that somebody has just joined; the second ends its line.
    const ATTEMPTS: usize = 2;

    /// Counts for one room; ends its line where somebody waits for nothing. Says whether it ended.
    async fn look(&self, concert_id: ConcertId, waiting: u64) -> Result<bool, StorageError> {
        for _ in 0..Self::ATTEMPTS {
            let Some(seats_left) = self.reader.seats_left(concert_id).await? else { break };
            self.boards.observe_seats_left(concert_id, seats_left);
            if !seats_left.are_sold_out() {
                break;
            }
            if self.rooms.end_line(EndLineCommand { concert_id, seats_left }).await?.is_some() {
                tracing::info!(%concert_id, waiting, "nothing is left: the line has ended");
                return Ok(true);
            }
        }
        Ok(false)
    }
}

use std::sync::Arc;

use futures::future::join_all;
use seatline_domain::commands::EndLineCommand;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::{QueueReader, WaitingRooms};
use seatline_domain::storage::StorageError;

use super::Boards;

/// Counts what is left of the seats for the boards to tell, and ends the lines behind which nothing is left.
pub struct EndSoldOutLines {
    /// Counts.
    pub reader: Arc<dyn QueueReader>,
    /// Ends lines.
    pub rooms: Arc<dyn WaitingRooms>,
    /// Know in which rooms there are people, and tell them.
    pub boards: Arc<Boards>,
}

impl EndSoldOutLines {
    /// The first attempt closes the door of a room that somebody has just joined; the second ends its line.
    const ATTEMPTS: usize = 2;

    /// Counts once for every room in which somebody waits; says how many lines ended. The others cost nothing: whoever
    /// asks about them is told by a count of their own.
    ///
    /// # Errors
    /// Storage's. A room that failed does not keep the others from theirs.
    pub async fn execute(&self) -> Result<usize, StorageError> {
        let rooms = self.boards.rooms_with_a_line().into_iter();
        let (mut ended, mut failed) = (0, None);
        for looked in join_all(rooms.map(|(concert_id, waiting)| self.look(concert_id, waiting))).await {
            match looked {
                Ok(has_ended) => ended += usize::from(has_ended),
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(ended), Err)
    }

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

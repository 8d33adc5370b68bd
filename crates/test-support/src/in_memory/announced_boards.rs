use async_trait::async_trait;
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::AnnouncedBoards;
use seatline_domain::queue::{AnnouncedBoard, LastAnnounced};
use seatline_domain::storage::StorageError;

use super::InMemory;

#[async_trait]
impl AnnouncedBoards for InMemory {
    async fn last(&self, concert_id: ConcertId) -> Result<LastAnnounced, StorageError> {
        Ok(LastAnnounced {
            board: self.state().announced_boards.get(&concert_id).cloned(),
            as_of: self.now(),
        })
    }

    async fn announce(&self, board: AnnouncedBoard, after: Option<Timestamp>) -> Result<bool, StorageError> {
        let boards = &mut self.state().announced_boards;
        if boards.get(&board.concert_id).map(|before| before.announced_at) != after {
            return Ok(false);
        }
        boards.insert(board.concert_id, board);
        Ok(true)
    }
}

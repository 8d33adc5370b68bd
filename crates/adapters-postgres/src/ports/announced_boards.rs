use async_trait::async_trait;
use futures::try_join;
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::AnnouncedBoards;
use seatline_domain::queue::{AnnouncedBoard, LastAnnounced};
use seatline_domain::storage::StorageError;

use crate::postgres::Postgres;
use crate::tables::announced_boards::{FindAnnouncedBoard, InsertAnnouncedBoard};
use crate::tables::clock;

#[async_trait]
impl AnnouncedBoards for Postgres {
    async fn last(&self, concert_id: ConcertId) -> Result<LastAnnounced, StorageError> {
        let lease = self.shares.public.lease().await?;
        let find = FindAnnouncedBoard { concert_id: concert_id.uuid() };
        let (as_of, rows) = try_join!(clock(&lease), lease.load(find))?;
        let board = rows.into_iter().next().map(AnnouncedBoard::try_from).transpose()?;
        Ok(LastAnnounced { board, as_of })
    }

    async fn announce(&self, board: AnnouncedBoard, after: Option<Timestamp>) -> Result<bool, StorageError> {
        let lease = self.shares.public.lease().await?;
        let first = InsertAnnouncedBoard::of(&board);
        let announced = match after {
            None => lease.execute(first).await?,
            Some(after) => lease.execute(first.after(after)).await?,
        };
        Ok(announced > 0)
    }
}

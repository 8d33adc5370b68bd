use async_trait::async_trait;
use futures::try_join;
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::AnnouncedBoards;
use seatline_domain::queue::{AnnouncedBoard, LastAnnounced};
use seatline_domain::storage::StorageError;

use crate::failure::Failure;
use crate::pool::{Lease, time_of_read};
use crate::postgres::Postgres;
use crate::tables::announced_boards::{FindAnnouncedBoard, InsertAnnouncedBoard, LetWrite};

#[async_trait]
impl AnnouncedBoards for Postgres {
    async fn last(&self, concert_id: ConcertId) -> Result<LastAnnounced, StorageError> {
        let lease = self.shares.public.lease().await?;
        let find = FindAnnouncedBoard { concert_id: concert_id.uuid() };
        let (as_of, rows) = try_join!(time_of_read(&lease), lease.load(find))?;
        let board = rows.into_iter().next().map(AnnouncedBoard::try_from).transpose()?;
        Ok(LastAnnounced { board, as_of })
    }

    async fn announce(&self, board: AnnouncedBoard, after: Option<Timestamp>) -> Result<bool, StorageError> {
        // Whoever asks for a board takes no connection of anybody else's, also when it is due.
        let lease = self.shares.public.begin().await?;
        let announced = announce(&lease, InsertAnnouncedBoard::of(&board), after).await;
        Ok(lease.finish(announced).await? > 0)
    }
}

async fn announce(
    lease: &Lease,
    first: InsertAnnouncedBoard,
    after: Option<Timestamp>,
) -> Result<usize, Failure> {
    lease.execute(LetWrite {}).await?;
    match after {
        None => lease.execute(first).await,
        Some(after) => lease.execute(first.after(after)).await,
    }
}

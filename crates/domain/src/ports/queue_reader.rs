use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::TimeDelta;

use crate::id::ConcertId;
use crate::queue::{BoardNews, BoardWatermark, ClosedRoom, Number, PassAt, RoomFigures};
use crate::seat::SeatsLeft;
use crate::storage::StorageError;

/// Reads waiting rooms.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait QueueReader: Send + Sync {
    /// One pass, `None` when no such one was given out. One that an end of the line has ended is told so, written down or
    /// not.
    async fn pass(&self, concert_id: ConcertId, number: Number) -> Result<Option<PassAt>, StorageError>;

    /// A room's figures, `None` when there is no such concert. They may be told as they were a second ago, but never as they
    /// were before a change that was made through this adapter.
    async fn figures(&self, concert_id: ConcertId) -> Result<Option<RoomFigures>, StorageError>;

    /// What is left of a concert's seats, `None` when there is no such concert. Costs the more the more seats are taken;
    /// whoever asks at the same time may be given the same count.
    async fn seats_left(&self, concert_id: ConcertId) -> Result<Option<SeatsLeft>, StorageError>;

    /// Rooms from which passes may have to be removed: those that have any up to the number served, in which nobody waits,
    /// and whose last performance has started so long ago. At most `limit`.
    async fn closed_rooms(&self, keep: TimeDelta, limit: u16) -> Result<Vec<ClosedRoom>, StorageError>;

    /// What is new in every room in which somebody waits or is active or an end of the line is to be written down, and in every room of `watermarks`, which say up
    /// to where each board is up to date; of a room that is not among them, the admissions of the last
    /// [`LAST_MOMENTS`](crate::queue::policy::LAST_MOMENTS) are given. Costs a few queries for all rooms together.
    async fn news(&self, watermarks: BTreeMap<ConcertId, BoardWatermark>) -> Result<BoardNews, StorageError>;
}

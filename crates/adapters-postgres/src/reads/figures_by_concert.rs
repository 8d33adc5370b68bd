use std::collections::HashMap;

use async_trait::async_trait;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::RoomFigures;
use seatline_domain::storage::StorageError;

use super::Volatile;
use crate::changes::Changes;
use crate::lane::Fetch;
use crate::pool::Pool;
use crate::tables::readable;
use crate::tables::waiting_rooms::FindFigures;

/// Reads the figures of rooms, many at a time.
pub(crate) struct FiguresByConcert {
    pub(crate) pool: Pool,
}

#[async_trait]
impl Fetch for FiguresByConcert {
    type Key = ConcertId;
    type Value = RoomFigures;

    async fn fetch(&self, keys: Vec<ConcertId>) -> Result<HashMap<ConcertId, RoomFigures>, StorageError> {
        let concert_id = keys.iter().map(|concert_id| concert_id.uuid()).collect();
        let read = |row| readable(RoomFigures::try_from(row)).map(|figures| (figures.concert_id, figures));
        Ok(self.pool.load(FindFigures { concert_id }).await?.into_iter().filter_map(read).collect())
    }
}

impl Volatile for FiguresByConcert {
    fn changes(key: &ConcertId, changes: &Changes) -> u64 {
        changes.of_room(*key)
    }

    fn weight(_: &RoomFigures) -> u32 {
        1
    }
}

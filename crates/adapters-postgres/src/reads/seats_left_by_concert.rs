use std::collections::HashMap;

use async_trait::async_trait;
use seatline_domain::id::ConcertId;
use seatline_domain::seat::SeatsLeft;
use seatline_domain::storage::StorageError;

use crate::lane::Fetch;
use crate::pool::Pool;
use crate::tables::readable;
use crate::tables::seat_counts::{FindSeatsLeft, seats_left};

/// Counts what is left of concerts' seats, many at a time.
pub(crate) struct SeatsLeftByConcert {
    pub(crate) pool: Pool,
}

#[async_trait]
impl Fetch for SeatsLeftByConcert {
    type Key = ConcertId;
    type Value = SeatsLeft;

    async fn fetch(&self, keys: Vec<ConcertId>) -> Result<HashMap<ConcertId, SeatsLeft>, StorageError> {
        let concert_id = keys.iter().map(|concert_id| concert_id.uuid()).collect();
        let rows = self.pool.load(FindSeatsLeft { concert_id }).await?;
        Ok(rows.iter().filter_map(|row| readable(seats_left(row))).collect())
    }
}

use std::collections::HashMap;

use async_trait::async_trait;
use seatline_domain::id::ConcertId;
use seatline_domain::storage::StorageError;

use crate::lane::Fetch;
use crate::pool::Pool;
use crate::tables::concerts::FindCellsOf;

/// Reads in which cells concerts are, of many at a time.
pub(crate) struct CellsByConcert {
    pub(crate) pool: Pool,
}

#[async_trait]
impl Fetch for CellsByConcert {
    type Key = ConcertId;
    type Value = i32;

    async fn fetch(&self, keys: Vec<ConcertId>) -> Result<HashMap<ConcertId, i32>, StorageError> {
        let concert_id = keys.iter().map(|id| id.uuid()).collect();
        let rows = self.pool.load(FindCellsOf { concert_id }).await?;
        Ok(rows.into_iter().map(|row| (ConcertId::new(row.concert_id), row.cell)).collect())
    }
}

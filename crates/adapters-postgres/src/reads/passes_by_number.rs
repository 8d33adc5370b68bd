use std::collections::HashMap;

use async_trait::async_trait;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{Number, PassAt};
use seatline_domain::storage::StorageError;

use crate::lane::Fetch;
use crate::pool::Pool;
use crate::tables::bigint;
use crate::tables::passes::FindPasses;

/// Reads passes, many at a time.
pub(crate) struct PassesByNumber {
    pub(crate) pool: Pool,
}

#[async_trait]
impl Fetch for PassesByNumber {
    type Key = (ConcertId, Number);
    type Value = PassAt;

    async fn fetch(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, PassAt>, StorageError> {
        let statement = FindPasses {
            concert_id: keys.iter().map(|(concert_id, _)| concert_id.uuid()).collect(),
            number: keys.iter().map(|(_, number)| bigint(number.get())).collect(),
        };
        let read = |row| {
            let read = PassAt::try_from(row)?;
            Ok(((read.pass.concert_id, read.pass.number), read))
        };
        self.pool.load(statement).await?.into_iter().map(read).collect()
    }
}

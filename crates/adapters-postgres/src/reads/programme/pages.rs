use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use seatline_domain::concert::{Concert, Performance, PerformanceCursor, PerformanceFilter};
use seatline_domain::id::ConcertId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::storage::StorageError;

use crate::changes::Changes;
use crate::lane::Fetch;
use crate::pool::Pool;
use crate::reads::Volatile;
use crate::tables::concerts::FindConcertsAfter;
use crate::tables::performances::{FindPerformancesAfter, PerformanceRow};
use crate::tables::readable;

/// What comes after a place in a list: each item's own place, and the item where it can be read. One more than the largest
/// page holds, whatever the limit of the page that is asked for.
pub(crate) type Listed<C, T> = Arc<Vec<(C, Option<T>)>>;

fn weight<C, T>(listed: &Listed<C, T>) -> u32 {
    u32::try_from(listed.len()).unwrap_or(u32::MAX).saturating_add(1)
}

/// Reads what comes after places in the list of concerts.
pub(super) struct ConcertsAfter {
    pub(super) pool: Pool,
}

#[async_trait]
impl Fetch for ConcertsAfter {
    type Key = Option<ConcertId>;
    type Value = Listed<ConcertId, Concert>;

    async fn fetch(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, StorageError> {
        let mut found = HashMap::with_capacity(keys.len());
        for key in keys {
            let limit = i64::from(PageLimit::MAX) + 1;
            let rows = self.pool.load(FindConcertsAfter { after: key.map(ConcertId::uuid), limit }).await?;
            let read = rows
                .into_iter()
                .map(|row| (ConcertId::new(row.concert_id), readable(Concert::try_from(row))));
            found.insert(key, Arc::new(read.collect()));
        }
        Ok(found)
    }
}

impl Volatile for ConcertsAfter {
    fn changes(_: &Self::Key, changes: &Changes) -> u64 {
        changes.of_programme()
    }

    fn weight(value: &Self::Value) -> u32 {
        weight(value)
    }
}

/// A place in the list of a concert's performances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PlaceOfPerformances {
    pub(crate) concert_id: ConcertId,
    pub(crate) filter: PerformanceFilter,
    pub(crate) after: Option<PerformanceCursor>,
}

/// Reads what comes after places in the lists of performances.
pub(super) struct PerformancesAfter {
    pub(super) pool: Pool,
}

#[async_trait]
impl Fetch for PerformancesAfter {
    type Key = PlaceOfPerformances;
    type Value = Listed<PerformanceCursor, Performance>;

    async fn fetch(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, StorageError> {
        let mut found = HashMap::with_capacity(keys.len());
        for key in keys {
            let page = PageRequest { limit: PageLimit::largest(), after: key.after };
            let rows = self.pool.load(FindPerformancesAfter::of(key.concert_id, key.filter, page)).await?;
            let read = |row: PerformanceRow| (row.cursor(), readable(Performance::try_from(row)));
            found.insert(key, Arc::new(rows.into_iter().map(read).collect()));
        }
        Ok(found)
    }
}

impl Volatile for PerformancesAfter {
    fn changes(_: &Self::Key, changes: &Changes) -> u64 {
        changes.of_programme()
    }

    fn weight(value: &Self::Value) -> u32 {
        weight(value)
    }
}

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use seatline_domain::concert::{Concert, Performance};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::storage::StorageError;

use crate::changes::Changes;
use crate::lane::Fetch;
use crate::pool::Pool;
use crate::reads::Volatile;
use crate::tables::concerts::FindConcerts;
use crate::tables::performances::{FindPerformances, FindPerformancesOn, PerformanceRow};
use crate::tables::readable;

/// Reads concerts, many at a time. One that cannot be read fails whoever asks for it, and nobody else.
pub(super) struct ConcertsById {
    pub(super) pool: Pool,
}

#[async_trait]
impl Fetch for ConcertsById {
    type Key = ConcertId;
    type Value = Result<Concert, StorageError>;

    async fn fetch(&self, keys: Vec<ConcertId>) -> Result<HashMap<ConcertId, Self::Value>, StorageError> {
        let concert_ids = keys.iter().map(|id| id.uuid()).collect();
        let rows = self.pool.load(FindConcerts { concert_ids }).await?.into_iter();
        Ok(rows
            .map(|row| (ConcertId::new(row.concert_id), Concert::try_from(row).map_err(Into::into)))
            .collect())
    }
}

impl Volatile for ConcertsById {
    fn changes(_: &Self::Key, changes: &Changes) -> u64 {
        changes.of_programme()
    }

    fn weight(_: &Self::Value) -> u32 {
        1
    }
}

/// Reads performances, many at a time. One that cannot be read fails whoever asks for it, and nobody else.
pub(super) struct PerformancesById {
    pub(super) pool: Pool,
}

#[async_trait]
impl Fetch for PerformancesById {
    type Key = PerformanceId;
    type Value = Result<Performance, StorageError>;

    async fn fetch(
        &self,
        keys: Vec<PerformanceId>,
    ) -> Result<HashMap<PerformanceId, Self::Value>, StorageError> {
        let performance_ids = keys.iter().map(|id| id.uuid()).collect();
        let rows = self.pool.load(FindPerformances { performance_ids }).await?.into_iter();
        let read = |row: PerformanceRow| {
            (PerformanceId::new(row.performance_id), Performance::try_from(row).map_err(Into::into))
        };
        Ok(rows.map(read).collect())
    }
}

impl Volatile for PerformancesById {
    fn changes(_: &Self::Key, changes: &Changes) -> u64 {
        changes.of_programme()
    }

    fn weight(_: &Self::Value) -> u32 {
        1
    }
}

/// Reads the performances on dates of concerts, many at a time, each date by start.
pub(super) struct PerformancesByDate {
    pub(super) pool: Pool,
}

#[async_trait]
impl Fetch for PerformancesByDate {
    type Key = (ConcertId, NaiveDate);
    type Value = Arc<Vec<Performance>>;

    async fn fetch(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Self::Value>, StorageError> {
        let (concert_id, date) = keys.iter().map(|(concert_id, date)| (concert_id.uuid(), *date)).unzip();
        let mut on_dates: HashMap<_, Vec<Performance>> = HashMap::new();
        for row in self.pool.load(FindPerformancesOn { concert_id, date }).await? {
            if let Some(performance) = readable(Performance::try_from(row)) {
                on_dates.entry((performance.concert_id, performance.date)).or_default().push(performance);
            }
        }
        Ok(on_dates.into_iter().map(|(key, performances)| (key, Arc::new(performances))).collect())
    }
}

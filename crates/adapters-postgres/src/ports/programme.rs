use std::collections::HashMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use seatline_domain::concert::{
    Concert, Performance, PerformanceAvailability, PerformanceCursor, PerformanceFilter, policy,
};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Programme;
use seatline_domain::seat::SalesOfPerformance;
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::postgres::Postgres;
use crate::tables::concerts::{FindConcert, FindConcertsAfter};
use crate::tables::performances::{
    FindAvailability, FindPerformance, FindPerformancesAfter, FindPerformancesOn, PerformanceRow,
};
use crate::tables::sales::FindSales;
use crate::tables::{CorruptRow, readable};

impl Postgres {
    /// Reads a page of performances, of no more than can be counted.
    async fn page_of_performances(
        &self,
        concert_id: ConcertId,
        filter: PerformanceFilter,
        page: PageRequest<PerformanceCursor>,
    ) -> Result<Page<Performance, PerformanceCursor>, StorageError> {
        let rows = self.public_pool.load(FindPerformancesAfter::of(concert_id, filter, page)).await?;
        let page = Page::from_surplus(rows, page.limit, PerformanceRow::cursor);
        let seats = |one: &Performance| one.total_seats.into();
        Ok(page.filter_map(|row| readable(Performance::try_from(row))).within(
            policy::MAX_SEATS_COUNTED.into(),
            seats,
            PerformanceCursor::of,
        ))
    }
}

fn ids(page: &Page<Performance, PerformanceCursor>) -> Vec<Uuid> {
    page.items.iter().map(|performance| performance.id.uuid()).collect()
}

/// Puts what was read of the performances of a page in their order, and leaves out what could not be read.
fn in_order<T>(
    page: &Page<Performance, PerformanceCursor>,
    read: impl Iterator<Item = Result<(PerformanceId, T), CorruptRow>>,
) -> Page<T, PerformanceCursor> {
    let mut read: HashMap<_, _> = read.filter_map(readable).collect();
    let items = page.items.iter().filter_map(|performance| read.remove(&performance.id)).collect();
    Page { items, next: page.next }
}

#[async_trait]
impl Programme for Postgres {
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Page<Concert, ConcertId>, StorageError> {
        let after = page.after.map(ConcertId::uuid);
        let limit = i64::from(page.limit.get()) + 1;
        let rows = self.public_pool.load(FindConcertsAfter { after, limit }).await?;
        let page = Page::from_surplus(rows, page.limit, |last| ConcertId::new(last.concert_id));
        Ok(page.filter_map(|row| readable(Concert::try_from(row))))
    }

    async fn concert(&self, id: ConcertId) -> Result<Option<Concert>, StorageError> {
        if let Some(known) = self.programme.concerts.get(&id) {
            return Ok(Some(known));
        }
        let found = self.pool.load_one(FindConcert { concert_id: id.uuid() }).await?;
        let found = found.map(Concert::try_from).transpose()?;
        if let Some(concert) = &found {
            self.programme.concerts.insert(id, concert.clone());
        }
        Ok(found)
    }

    async fn performance(&self, id: PerformanceId) -> Result<Option<Performance>, StorageError> {
        if let Some(known) = self.programme.performances.get(&id) {
            return Ok(Some(known));
        }
        let found = self.pool.load_one(FindPerformance { performance_id: id.uuid() }).await?;
        let found = found.map(Performance::try_from).transpose()?;
        if let Some(performance) = &found {
            self.programme.performances.insert(id, performance.clone());
        }
        Ok(found)
    }

    async fn performances(
        &self,
        concert_id: ConcertId,
        filter: PerformanceFilter,
        page: PageRequest<PerformanceCursor>,
    ) -> Result<Page<PerformanceAvailability, PerformanceCursor>, StorageError> {
        let page = self.page_of_performances(concert_id, filter, page).await?;
        let rows = self.public_pool.load(FindAvailability { performance_id: ids(&page) }).await?;
        let read = |row| PerformanceAvailability::try_from(row).map(|one| (one.performance.id, one));
        Ok(in_order(&page, rows.into_iter().map(read)))
    }

    async fn performances_on(
        &self,
        concert_id: ConcertId,
        date: NaiveDate,
    ) -> Result<Vec<Performance>, StorageError> {
        let rows = self.pool.load(FindPerformancesOn { concert_id: concert_id.uuid(), date }).await?;
        Ok(rows.into_iter().filter_map(|row| readable(Performance::try_from(row))).collect())
    }

    async fn sales(
        &self,
        concert_id: ConcertId,
        page: PageRequest<PerformanceCursor>,
    ) -> Result<Page<SalesOfPerformance, PerformanceCursor>, StorageError> {
        let page = self.page_of_performances(concert_id, PerformanceFilter::default(), page).await?;
        let rows = self.pool.load(FindSales { performance_id: ids(&page) }).await?;
        let read = |row| SalesOfPerformance::try_from(row).map(|one| (one.performance_id, one));
        Ok(in_order(&page, rows.into_iter().map(read)))
    }
}

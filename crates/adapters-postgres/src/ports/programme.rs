use async_trait::async_trait;
use chrono::NaiveDate;
use seatline_domain::concert::{Concert, Performance, PerformanceAvailability};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Programme;
use seatline_domain::seat::SalesOfPerformance;
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::postgres::Postgres;
use crate::tables::CorruptRow;
use crate::tables::concerts::{FindConcert, FindConcertsAfter};
use crate::tables::performances::{FindPerformance, FindPerformancesAfter, FindPerformancesOn};
use crate::tables::sales::FindSales;

#[async_trait]
impl Programme for Postgres {
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Page<Concert, ConcertId>, StorageError> {
        let after = page.after.map_or(Uuid::nil(), ConcertId::uuid);
        let limit = i64::from(page.limit.get()) + 1;
        let rows = self.pool.load(FindConcertsAfter { after, limit }).await?;
        let concerts = rows.into_iter().map(Concert::try_from).collect::<Result<Vec<_>, CorruptRow>>()?;
        Ok(Page::from_surplus(concerts, page.limit, |last| last.id))
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
        date: Option<NaiveDate>,
        page: PageRequest<PerformanceId>,
    ) -> Result<Page<PerformanceAvailability, PerformanceId>, StorageError> {
        let statement = FindPerformancesAfter {
            concert_id: concert_id.uuid(),
            date,
            after: page.after.map(PerformanceId::uuid),
            limit: i64::from(page.limit.get()) + 1,
        };
        let rows = self.pool.load(statement).await?;
        let performances = rows
            .into_iter()
            .map(PerformanceAvailability::try_from)
            .collect::<Result<Vec<_>, CorruptRow>>()?;
        Ok(Page::from_surplus(performances, page.limit, |last| last.performance.id))
    }

    async fn performances_on(
        &self,
        concert_id: ConcertId,
        date: NaiveDate,
    ) -> Result<Vec<Performance>, StorageError> {
        let rows = self.pool.load(FindPerformancesOn { concert_id: concert_id.uuid(), date }).await?;
        Ok(rows.into_iter().map(Performance::try_from).collect::<Result<_, CorruptRow>>()?)
    }

    async fn sales(&self, concert_id: ConcertId) -> Result<Vec<SalesOfPerformance>, StorageError> {
        let rows = self.pool.load(FindSales { concert_id: concert_id.uuid() }).await?;
        Ok(rows.into_iter().map(SalesOfPerformance::try_from).collect::<Result<_, CorruptRow>>()?)
    }
}

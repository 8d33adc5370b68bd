use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use seatline_domain::concert::{
    Concert, Performance, PerformanceAvailability, PerformanceCursor, PerformanceFilter, policy,
};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::page::{Page, PageLimit, PageRequest};
use seatline_domain::ports::Programme;
use seatline_domain::seat::SalesOfPerformance;
use seatline_domain::seat::hall::Hall;
use seatline_domain::storage::StorageError;

use crate::postgres::Postgres;
use crate::reads::{PerformanceOfSeats, PlaceOfPerformances};
use crate::tables::performances::{FindPerformancesAfter, PerformanceRow};
use crate::tables::readable;
use crate::tables::sales::FindSales;
use crate::tables::seat_counts::FreeSeats;

/// Makes a page of items with their places, of which some could not be read.
fn page_of<T: Clone, C: Copy>(listed: &[(C, Option<T>)], limit: PageLimit) -> Page<T, C> {
    let items = listed.iter().take(usize::from(limit.get()) + 1).cloned().collect();
    Page::from_surplus(items, limit, |(place, _)| *place).filter_map(|(_, item)| item)
}

/// Bounds a page to what can be counted.
fn countable(page: Page<Performance, PerformanceCursor>) -> Page<Performance, PerformanceCursor> {
    let seats = |one: &Performance| one.total_seats.into();
    page.within(policy::MAX_SEATS_COUNTED.into(), seats, PerformanceCursor::of)
}

/// Adds the numbers of free seats; leaves out what could not be counted.
fn with_free_seats(
    performances: Vec<Performance>,
    free_seats: &HashMap<PerformanceOfSeats, FreeSeats>,
) -> Vec<PerformanceAvailability> {
    let add = |performance: Performance| {
        let FreeSeats { available, as_of } = *free_seats.get(&PerformanceOfSeats::of(&performance))?;
        Some(PerformanceAvailability::of(performance, available, as_of))
    };
    performances.into_iter().filter_map(add).collect()
}

#[async_trait]
impl Programme for Postgres {
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Page<Concert, ConcertId>, StorageError> {
        Ok(page_of(&self.programme.concerts_after(page.after).await?, page.limit))
    }

    async fn concert(&self, id: ConcertId) -> Result<Option<Concert>, StorageError> {
        self.programme.concert(id).await
    }

    async fn performance(&self, id: PerformanceId) -> Result<Option<Performance>, StorageError> {
        self.programme.performance(id).await
    }

    async fn listed(&self, id: PerformanceId) -> Result<Option<PerformanceAvailability>, StorageError> {
        let performances: Vec<_> = self.programme.performance(id).await?.into_iter().collect();
        let free_seats = self.programme.recent_free_seats(&performances).await?;
        Ok(with_free_seats(performances, &free_seats).pop())
    }

    async fn performances(
        &self,
        concert_id: ConcertId,
        filter: PerformanceFilter,
        page: PageRequest<PerformanceCursor>,
    ) -> Result<Page<PerformanceAvailability, PerformanceCursor>, StorageError> {
        let place = PlaceOfPerformances { concert_id, filter, after: page.after };
        let listed = self.programme.performances_after(place).await?;
        let Page { items, next } = countable(page_of(&listed, page.limit));
        let free_seats = self.programme.recent_free_seats(&items).await?;
        Ok(Page { items: with_free_seats(items, &free_seats), next })
    }

    async fn performances_on(
        &self,
        concert_id: ConcertId,
        date: NaiveDate,
    ) -> Result<Vec<Performance>, StorageError> {
        self.programme.performances_on(concert_id, date).await
    }

    async fn availability(
        &self,
        performances: Vec<Performance>,
    ) -> Result<Vec<PerformanceAvailability>, StorageError> {
        let free_seats = self.cells.free_seats(&performances).await?;
        Ok(with_free_seats(performances, &free_seats))
    }

    async fn hall(&self, id: PerformanceId) -> Result<Option<Arc<Hall>>, StorageError> {
        self.halls.of(id).await
    }

    async fn sales_of(&self, id: PerformanceId) -> Result<Option<SalesOfPerformance>, StorageError> {
        let row = self.shares.browsing.load_one(FindSales { performance_id: vec![id.uuid()] }).await?;
        Ok(row.map(SalesOfPerformance::try_from).transpose()?)
    }

    async fn sales(
        &self,
        concert_id: ConcertId,
        page: PageRequest<PerformanceCursor>,
    ) -> Result<Page<SalesOfPerformance, PerformanceCursor>, StorageError> {
        let all = FindPerformancesAfter::of(concert_id, PerformanceFilter::default(), page);
        let rows = self.shares.browsing.load(all).await?;
        let page = Page::from_surplus(rows, page.limit, PerformanceRow::cursor);
        let page = countable(page.filter_map(|row| readable(Performance::try_from(row))));
        let performance_id = page.items.iter().map(|performance| performance.id.uuid()).collect();
        let rows = self.shares.browsing.load(FindSales { performance_id }).await?;
        let read = rows.into_iter().filter_map(|row| readable(SalesOfPerformance::try_from(row)));
        let mut sales: HashMap<_, _> = read.map(|one| (one.performance_id, one)).collect();
        Ok(page.filter_map(|performance| sales.remove(&performance.id)))
    }
}

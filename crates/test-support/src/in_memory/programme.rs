use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use seatline_domain::Timestamp;
use seatline_domain::concert::{
    Concert, Performance, PerformanceAvailability, PerformanceCursor, PerformanceFilter, policy,
};
use seatline_domain::id::{ConcertId, PerformanceId, ReservationId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::payment::Payment;
use seatline_domain::point::Amount;
use seatline_domain::ports::Programme;
use seatline_domain::seat::hall::Hall;
use seatline_domain::seat::{SalesOfPerformance, SeatKey, SeatState};
use seatline_domain::storage::StorageError;

use super::paging::page_of;
use super::{InMemory, State};

#[async_trait]
impl Programme for InMemory {
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Page<Concert, ConcertId>, StorageError> {
        let state = self.state();
        Ok(page_of(state.concerts.iter().filter_map(|id| state.concert(*id)).cloned(), page, |concert| {
            concert.id
        }))
    }

    async fn concert(&self, id: ConcertId) -> Result<Option<Concert>, StorageError> {
        Ok(self.state().concert(id).cloned())
    }

    async fn performance(&self, id: PerformanceId) -> Result<Option<Performance>, StorageError> {
        Ok(self.state().set.performances.get(&id).cloned())
    }

    async fn listed(&self, id: PerformanceId) -> Result<Option<PerformanceAvailability>, StorageError> {
        let (state, as_of) = (self.state(), self.now());
        Ok(state.set.performances.get(&id).map(|one| state.availability_of(one.clone(), as_of)))
    }

    async fn performances(
        &self,
        concert_id: ConcertId,
        filter: PerformanceFilter,
        page: PageRequest<PerformanceCursor>,
    ) -> Result<Page<PerformanceAvailability, PerformanceCursor>, StorageError> {
        let (state, as_of) = (self.state(), self.now());
        let page = state.page_of_performances(concert_id, filter, page, as_of);
        Ok(page.map(|one| state.availability_of(one.clone(), as_of)))
    }

    async fn performances_on(
        &self,
        concert_id: ConcertId,
        date: NaiveDate,
    ) -> Result<Vec<Performance>, StorageError> {
        let state = self.state();
        Ok(state.performances_of(concert_id).into_iter().filter(|one| one.date == date).cloned().collect())
    }

    async fn availability(
        &self,
        performances: Vec<Performance>,
    ) -> Result<Vec<PerformanceAvailability>, StorageError> {
        let (state, as_of) = (self.state(), self.now());
        Ok(performances.into_iter().map(|one| state.availability_of(one, as_of)).collect())
    }

    async fn hall(&self, id: PerformanceId) -> Result<Option<Arc<Hall>>, StorageError> {
        Ok(self.state().halls.get(&id).cloned())
    }

    async fn sales_of(&self, id: PerformanceId) -> Result<Option<SalesOfPerformance>, StorageError> {
        let (state, now) = (self.state(), self.now());
        Ok(state.set.performances.get(&id).map(|one| state.sales_of(one, now)))
    }

    async fn sales(
        &self,
        concert_id: ConcertId,
        page: PageRequest<PerformanceCursor>,
    ) -> Result<Page<SalesOfPerformance, PerformanceCursor>, StorageError> {
        let (state, now) = (self.state(), self.now());
        let page = state.page_of_performances(concert_id, PerformanceFilter::default(), page, now);
        Ok(page.map(|one| state.sales_of(one, now)))
    }
}

impl State {
    fn page_of_performances(
        &self,
        concert_id: ConcertId,
        filter: PerformanceFilter,
        page: PageRequest<PerformanceCursor>,
        now: Timestamp,
    ) -> Page<&Performance, PerformanceCursor> {
        let PerformanceFilter { date, upcoming } = filter;
        let mut kept = self.performances_of(concert_id);
        // What has started since the page before is still known by its place.
        let passed = kept.iter().position(|one| Some(PerformanceCursor::of(one)) == page.after);
        kept.drain(..passed.map_or(0, |place| place + 1));
        kept.retain(|one| date.is_none_or(|date| one.date == date) && !(upcoming && one.has_started(now)));
        let cursor = |one: &&Performance| PerformanceCursor::of(one);
        let first = PageRequest { after: None, ..page };
        page_of(kept, first, cursor).within(
            policy::MAX_SEATS_COUNTED.into(),
            |one| one.total_seats.into(),
            cursor,
        )
    }

    fn availability_of(&self, performance: Performance, as_of: Timestamp) -> PerformanceAvailability {
        let unsold = self.sales_of(&performance, as_of).available;
        PerformanceAvailability::of(performance, unsold, as_of)
    }

    pub(super) fn sales_of(&self, performance: &Performance, now: Timestamp) -> SalesOfPerformance {
        let mut sales = SalesOfPerformance {
            performance_id: performance.id,
            starts_at: performance.starts_at,
            available: 0,
            held: 0,
            sold: 0,
            blocked: 0,
            revenue: Amount::ZERO,
            refunded: self.refunded_of(performance.id),
            cancelled: false,
            checked_in: self.check_ins_of(performance.id),
        };
        for seat in self.seats_of(performance.id) {
            match seat.state_at(now) {
                SeatState::Available => sales.available += 1,
                SeatState::Held { .. } => sales.held += 1,
                SeatState::Blocked => sales.blocked += 1,
                SeatState::Sold { reservation_id, .. } => {
                    sales.sold += 1;
                    let paid = self.price_paid(reservation_id, seat.key);
                    sales.revenue = sales.revenue.checked_add(paid).unwrap();
                }
            }
        }
        if performance.is_cancelled() { sales.of_cancelled() } else { sales }
    }

    /// What was refunded of a performance.
    fn refunded_of(&self, id: PerformanceId) -> Amount {
        let of_performance = self.set.reservations.iter().filter(|one| one.performance_id == id);
        let payments = of_performance.filter_map(|one| self.set.payments.get(&one.id));
        payments.map(Payment::refunded_amount).sum()
    }

    fn price_paid(&self, reservation_id: ReservationId, key: SeatKey) -> Amount {
        let reservation = self.set.reservations.get(reservation_id).unwrap();
        reservation.seats.iter().find(|seat| seat.number == key.number).unwrap().price
    }
}

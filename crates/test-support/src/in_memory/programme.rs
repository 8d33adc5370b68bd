use async_trait::async_trait;
use chrono::NaiveDate;
use seatline_domain::Timestamp;
use seatline_domain::concert::{Concert, Performance, PerformanceAvailability};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::point::Amount;
use seatline_domain::ports::Programme;
use seatline_domain::seat::{SalesOfPerformance, SeatState};
use seatline_domain::storage::StorageError;

use super::paging::page_of;
use super::{InMemory, State};

#[async_trait]
impl Programme for InMemory {
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Page<Concert, ConcertId>, StorageError> {
        Ok(page_of(self.state().concerts.iter().cloned(), page, |concert| concert.id))
    }

    async fn concert(&self, id: ConcertId) -> Result<Option<Concert>, StorageError> {
        Ok(self.state().concert(id).cloned())
    }

    async fn performance(&self, id: PerformanceId) -> Result<Option<Performance>, StorageError> {
        Ok(self.state().performances.get(&id).cloned())
    }

    async fn performances(
        &self,
        concert_id: ConcertId,
        date: Option<NaiveDate>,
        page: PageRequest<PerformanceId>,
    ) -> Result<Page<PerformanceAvailability, PerformanceId>, StorageError> {
        let (state, as_of) = (self.state(), self.now());
        let all = state.performances_of(concert_id).into_iter();
        let wanted = all.filter(|one| date.is_none_or(|date| one.date == date));
        Ok(page_of(wanted, page, |one| one.id).map(|one| PerformanceAvailability {
            performance: one.clone(),
            available_seats: state.sales_of(one, as_of).available,
            as_of,
        }))
    }

    async fn performances_on(
        &self,
        concert_id: ConcertId,
        date: NaiveDate,
    ) -> Result<Vec<Performance>, StorageError> {
        let state = self.state();
        Ok(state.performances_of(concert_id).into_iter().filter(|one| one.date == date).cloned().collect())
    }

    async fn sales(&self, concert_id: ConcertId) -> Result<Vec<SalesOfPerformance>, StorageError> {
        let (state, now) = (self.state(), self.now());
        Ok(state.performances_of(concert_id).into_iter().map(|one| state.sales_of(one, now)).collect())
    }
}

impl State {
    pub(super) fn sales_of(&self, performance: &Performance, now: Timestamp) -> SalesOfPerformance {
        let mut sales = SalesOfPerformance {
            performance_id: performance.id,
            starts_at: performance.starts_at,
            available: 0,
            held: 0,
            sold: 0,
            blocked: 0,
            revenue: Amount::ZERO,
        };
        for seat in self.seats_of(performance.id) {
            match seat.state_at(now) {
                SeatState::Available => sales.available += 1,
                SeatState::Held { .. } => sales.held += 1,
                SeatState::Blocked => sales.blocked += 1,
                SeatState::Sold { .. } => {
                    sales.sold += 1;
                    sales.revenue = sales.revenue.checked_add(seat.price).unwrap();
                }
            }
        }
        sales
    }
}

use std::sync::Arc;

use chrono::NaiveDate;
use futures::future::try_join_all;
use seatline_domain::concert::{PerformanceAvailability, PerformanceFilter};
use seatline_domain::id::ConcertId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::ports::{Programme, SeatInventory};
use seatline_domain::queue::QueueClaims;
use seatline_domain::seat::policy;
use seatline_domain::storage::StorageError;

use super::{PerformanceSeats, SeatsError};
use crate::queue::{RequireTurn, TurnRefusal};

/// The seats of a date, by start of the performance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeatsOfDate {
    /// The seats of each performance.
    Maps(Vec<PerformanceSeats>),
    /// The performances alone: together they have more seats than are shown at a time.
    TooMany(Vec<PerformanceAvailability>),
}

/// Shows the seats of every performance on one date to somebody whose turn it is.
pub struct ShowSeatsOfDate {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Holds and reads seats.
    pub inventory: Arc<dyn SeatInventory>,
    /// Lets only those pass whose turn it is.
    pub turn: Arc<RequireTurn>,
}

impl ShowSeatsOfDate {
    /// The seats as they are now, unless they are more than [`policy::MAX_SEATS_OF_DATE`] together.
    ///
    /// # Errors
    /// [`SeatsError`] saying why not.
    pub async fn execute(
        &self,
        claims: &QueueClaims,
        concert_id: ConcertId,
        date: NaiveDate,
    ) -> Result<SeatsOfDate, SeatsError> {
        if self.programme.concert(concert_id).await?.is_none() {
            return Err(SeatsError::ConcertNotFound);
        }
        if concert_id != claims.concert_id {
            return Err(TurnRefusal::Mismatch.into());
        }
        self.turn.execute(claims).await??;
        let performances = self.programme.performances_on(concert_id, date).await?;
        if performances.is_empty() {
            return Err(SeatsError::DateNotFound);
        }
        let seats = performances.iter().fold(0_u32, |sum, one| sum.saturating_add(one.total_seats));
        if seats > policy::MAX_SEATS_OF_DATE {
            return Ok(SeatsOfDate::TooMany(self.availability(concert_id, date).await?));
        }
        // Asked for together, they are read together.
        let shown = performances.into_iter().map(async |performance| {
            let map = self.inventory.seat_map(performance.id).await?;
            Ok::<_, StorageError>(PerformanceSeats::of(performance, map))
        });
        Ok(SeatsOfDate::Maps(try_join_all(shown).await?))
    }

    async fn availability(
        &self,
        concert_id: ConcertId,
        date: NaiveDate,
    ) -> Result<Vec<PerformanceAvailability>, StorageError> {
        let filter = PerformanceFilter { date: Some(date), upcoming: false };
        let mut page = PageRequest { limit: PageLimit::largest(), after: None };
        let mut found = Vec::new();
        loop {
            let read = self.programme.performances(concert_id, filter, page).await?;
            found.extend(read.items);
            page.after = read.next;
            if page.after.is_none() {
                return Ok(found);
            }
        }
    }
}

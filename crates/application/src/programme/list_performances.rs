use std::sync::Arc;

use chrono::NaiveDate;
use seatline_domain::concert::PerformanceAvailability;
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Programme;

use super::ProgrammeError;

/// Lists the performances of a concert, all of them or the bookable ones.
pub struct ListPerformances {
    /// The programme.
    pub programme: Arc<dyn Programme>,
}

impl ListPerformances {
    /// One page of them, by start. `bookable` keeps those that can (or cannot) be booked now; a page may then take
    /// several reads.
    ///
    /// # Errors
    /// [`ProgrammeError::ConcertNotFound`] when there is no such concert.
    pub async fn execute(
        &self,
        concert_id: ConcertId,
        date: Option<NaiveDate>,
        bookable: Option<bool>,
        page: PageRequest<PerformanceId>,
    ) -> Result<Page<PerformanceAvailability, PerformanceId>, ProgrammeError> {
        if self.programme.concert(concert_id).await?.is_none() {
            return Err(ProgrammeError::ConcertNotFound);
        }
        let Some(bookable) = bookable else {
            return Ok(self.programme.performances(concert_id, date, page).await?);
        };
        let (mut found, mut after) = (Vec::new(), page.after);
        while found.len() <= usize::from(page.limit.get()) {
            let read = self.programme.performances(concert_id, date, PageRequest { after, ..page }).await?;
            found.extend(read.items.into_iter().filter(|performance| performance.is_bookable() == bookable));
            after = read.next;
            if after.is_none() {
                break;
            }
        }
        Ok(Page::from_surplus(found, page.limit, |last| last.performance.id))
    }
}

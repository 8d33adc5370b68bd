use std::sync::Arc;

use chrono::NaiveDate;
use seatline_domain::concert::{PerformanceAvailability, PerformanceCursor, PerformanceFilter};
use seatline_domain::id::ConcertId;
use seatline_domain::page::{Page, PageLimit, PageRequest};
use seatline_domain::ports::Programme;

use super::{ProgrammeError, ReadBudget};

/// Lists the performances of a concert, all of them or the bookable ones.
pub struct ListPerformances {
    /// The programme.
    pub programme: Arc<dyn Programme>,
}

impl ListPerformances {
    /// The most reads for one page.
    const READS_MAX: usize = 5;

    /// One page of them, by start. `bookable` keeps those that can (or cannot) be booked now. A page then takes several
    /// reads, but not more than a few: it may hold fewer than asked for, or none, and yet not be the last one.
    ///
    /// # Errors
    /// [`ProgrammeError::ConcertNotFound`] when there is no such concert.
    pub async fn execute(
        &self,
        concert_id: ConcertId,
        date: Option<NaiveDate>,
        bookable: Option<bool>,
        page: PageRequest<PerformanceCursor>,
    ) -> Result<Page<PerformanceAvailability, PerformanceCursor>, ProgrammeError> {
        if self.programme.concert(concert_id).await?.is_none() {
            return Err(ProgrammeError::ConcertNotFound);
        }
        let Some(bookable) = bookable else {
            let filter = PerformanceFilter { date, upcoming: false };
            return Ok(self.programme.performances(concert_id, filter, page).await?);
        };
        // What has started cannot be booked.
        let filter = PerformanceFilter { date, upcoming: bookable };
        let wanted = usize::from(page.limit.get());
        let (mut found, mut request) = (Vec::new(), page);
        let mut budget = ReadBudget::of_reads(Self::READS_MAX);
        loop {
            let read = self.programme.performances(concert_id, filter, request).await?;
            budget.spend(&read.items);
            found.extend(read.items.into_iter().filter(|performance| performance.is_bookable() == bookable));
            request = PageRequest { limit: PageLimit::largest(), after: read.next };
            if request.after.is_none() || found.len() >= wanted || budget.is_spent() {
                break;
            }
        }
        let mut found =
            Page::from_surplus(found, page.limit, |last| PerformanceCursor::of(&last.performance));
        found.next = found.next.or(request.after);
        Ok(found)
    }
}

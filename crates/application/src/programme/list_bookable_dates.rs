use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use seatline_domain::concert::PerformanceFilter;
use seatline_domain::id::ConcertId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::ports::Programme;

use super::{ProgrammeError, ReadBudget};

/// The dates on which a seat can be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookableDates {
    /// The dates, in the venue's time zone.
    pub dates: BTreeSet<NaiveDate>,
    /// Whether these are all. Where there are very many performances, only the next ones are looked at.
    pub complete: bool,
}

/// Lists the dates on which a seat can be had.
pub struct ListBookableDates {
    /// The programme.
    pub programme: Arc<dyn Programme>,
}

impl ListBookableDates {
    /// The most reads, of a hundred performances each.
    const READS_MAX: usize = 10;

    /// The dates, in the venue's time zone, with a performance that is on sale, has not started and has a free seat.
    ///
    /// # Errors
    /// [`ProgrammeError::ConcertNotFound`] when there is no such concert.
    pub async fn execute(&self, concert_id: ConcertId) -> Result<BookableDates, ProgrammeError> {
        if self.programme.concert(concert_id).await?.is_none() {
            return Err(ProgrammeError::ConcertNotFound);
        }
        let filter = PerformanceFilter { date: None, upcoming: true };
        let mut page = PageRequest { limit: PageLimit::largest(), after: None };
        let (mut dates, mut budget) = (BTreeSet::new(), ReadBudget::of_reads(Self::READS_MAX));
        loop {
            let read = self.programme.performances(concert_id, filter, page).await?;
            budget.spend(&read.items);
            dates.extend(read.items.iter().filter(|one| one.is_bookable()).map(|one| one.performance.date));
            page.after = read.next;
            if page.after.is_none() || budget.is_spent() {
                return Ok(BookableDates { dates, complete: page.after.is_none() });
            }
        }
    }
}

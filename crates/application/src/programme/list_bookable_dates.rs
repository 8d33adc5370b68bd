use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use seatline_domain::id::ConcertId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::ports::Programme;

use super::ProgrammeError;

/// Lists the dates on which a seat can be had.
pub struct ListBookableDates {
    /// The programme.
    pub programme: Arc<dyn Programme>,
}

impl ListBookableDates {
    /// The dates, in the venue's time zone, with a performance that is on sale, has not started and has a free seat.
    ///
    /// # Errors
    /// [`ProgrammeError::ConcertNotFound`] when there is no such concert.
    pub async fn execute(&self, concert_id: ConcertId) -> Result<BTreeSet<NaiveDate>, ProgrammeError> {
        if self.programme.concert(concert_id).await?.is_none() {
            return Err(ProgrammeError::ConcertNotFound);
        }
        let limit = PageLimit::parse(PageLimit::MAX).unwrap_or_default();
        let mut page = PageRequest { limit, after: None };
        let mut dates = BTreeSet::new();
        loop {
            let read = self.programme.performances(concert_id, None, page).await?;
            dates.extend(read.items.iter().filter(|one| one.is_bookable()).map(|one| one.performance.date));
            page.after = read.next;
            if page.after.is_none() {
                return Ok(dates);
            }
        }
    }
}

use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::concert::{
    NewPerformance, Performance, PerformanceAvailability, PerformanceError, PerformanceFilter,
    PerformancePlan,
};
use seatline_domain::id::{AuditEntryId, ConcertId, PerformanceId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::ports::{Ids, Programme, ProgrammeEditor};
use seatline_domain::storage::StorageError;

/// A performance that was added, now or before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedPerformance {
    /// The performance.
    pub performance: Performance,
    /// How many of its seats are free.
    pub available_seats: u32,
}

/// Adds a performance with its seats to a concert.
pub struct AddPerformance {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Edits it.
    pub editor: Arc<dyn ProgrammeEditor>,
    /// Makes the new ids.
    pub ids: Arc<dyn Ids>,
}

impl AddPerformance {
    /// Adds it for this operator, with all its seats free; or finds the one that the key added, as it stands now.
    ///
    /// # Errors
    /// [`PerformanceError`] naming the rule that the plan breaks.
    pub async fn execute(
        &self,
        operator: OperatorId,
        concert_id: ConcertId,
        plan: PerformancePlan,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<AddedPerformance>, PerformanceError> {
        let concert = self.programme.concert(concert_id).await?.ok_or(PerformanceError::ConcertNotFound)?;
        let id = PerformanceId::new(self.ids.next());
        let new = NewPerformance::plan(id, concert_id, concert.timezone, plan)?;
        let performance = new.performance.clone();
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator };
        let answer = self.editor.add_performance(new, stamp, key).await?;
        let added = if answer.replayed {
            let PerformanceAvailability { performance, available_seats, .. } =
                self.as_it_stands(&performance, answer.value).await?;
            AddedPerformance { performance, available_seats }
        } else {
            AddedPerformance { available_seats: performance.total_seats, performance }
        };
        Ok(answer.with(added))
    }

    /// The performance with this id, which is one of the same concert and date.
    async fn as_it_stands(
        &self,
        like: &Performance,
        id: PerformanceId,
    ) -> Result<PerformanceAvailability, StorageError> {
        let limit = PageLimit::parse(PageLimit::MAX).unwrap_or_default();
        let on_its_date = PerformanceFilter { date: Some(like.date), upcoming: false };
        let mut page = PageRequest { limit, after: None };
        loop {
            let read = self.programme.performances(like.concert_id, on_its_date, page).await?;
            if let Some(found) = read.items.into_iter().find(|one| one.performance.id == id) {
                return Ok(found);
            }
            page.after = read.next;
            if page.after.is_none() {
                return Err(StorageError::missing("a performance that was added"));
            }
        }
    }
}

use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::concert::{NewPerformance, Performance, PerformanceError, PerformancePlan};
use seatline_domain::id::{AuditEntryId, ConcertId, PerformanceId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
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
            self.as_it_stands(answer.value).await?
        } else {
            AddedPerformance { available_seats: performance.total_seats, performance }
        };
        Ok(answer.with(added))
    }

    /// The performance with this id, which was added before.
    async fn as_it_stands(&self, id: PerformanceId) -> Result<AddedPerformance, StorageError> {
        let missing = || StorageError::missing("a performance that was added");
        let performance = self.programme.performance(id).await?.ok_or_else(missing)?;
        let found = self.programme.availability(vec![performance]).await?.pop().ok_or_else(missing)?;
        Ok(AddedPerformance { performance: found.performance, available_seats: found.available_seats })
    }
}

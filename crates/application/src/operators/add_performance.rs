use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::concert::{NewPerformance, Performance, PerformanceError, PerformancePlan};
use seatline_domain::id::{AuditEntryId, ConcertId, PerformanceId};
use seatline_domain::ports::{Ids, Programme, ProgrammeEditor};

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
    /// Adds it for this operator. All its seats are free.
    ///
    /// # Errors
    /// [`PerformanceError`] naming the rule that the plan breaks.
    pub async fn execute(
        &self,
        operator: OperatorId,
        concert_id: ConcertId,
        plan: PerformancePlan,
    ) -> Result<Performance, PerformanceError> {
        let concert = self.programme.concert(concert_id).await?.ok_or(PerformanceError::ConcertNotFound)?;
        let id = PerformanceId::new(self.ids.next());
        let new = NewPerformance::plan(id, concert_id, concert.timezone, plan)?;
        let performance = new.performance.clone();
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator };
        self.editor.add_performance(new, stamp).await?;
        Ok(performance)
    }
}

use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::ChangePerformanceCommand;
use seatline_domain::concert::{PerformanceAvailability, PerformanceChange, PerformanceError};
use seatline_domain::id::{AuditEntryId, PerformanceId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::{Ids, Programme, ProgrammeEditor};

/// Changes when a performance begins, is sold and can be given back, while its seats are sold.
pub struct ChangePerformance {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Edits it.
    pub editor: Arc<dyn ProgrammeEditor>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl ChangePerformance {
    /// Changes it for this operator, records the change for audit, and gives the performance. A repeated key changes
    /// nothing.
    ///
    /// # Errors
    /// [`PerformanceError`] naming the rule that the change breaks.
    pub async fn execute(
        &self,
        operator: OperatorId,
        performance_id: PerformanceId,
        change: PerformanceChange,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<PerformanceAvailability>, PerformanceError> {
        let shown = self.programme.listed(performance_id).await?.ok_or(PerformanceError::NotFound)?;
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator };
        let concert_id = shown.performance.concert_id;
        let command = ChangePerformanceCommand { concert_id, performance_id, change, stamp, key };
        let answer = self.editor.change_performance(command).await?;
        let performance = answer.value.clone();
        Ok(answer.with(PerformanceAvailability::of(performance, shown.available_seats, shown.as_of)))
    }
}

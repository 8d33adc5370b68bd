use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::ChangeSectionCommand;
use seatline_domain::concert::{PerformanceAvailability, PerformanceError};
use seatline_domain::id::{AuditEntryId, PerformanceId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::point::Amount;
use seatline_domain::ports::{Ids, Programme, ProgrammeEditor};
use seatline_domain::seat::hall::SectionName;

/// Changes the price of a section, while its seats are sold.
pub struct ChangeSection {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Edits it.
    pub editor: Arc<dyn ProgrammeEditor>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl ChangeSection {
    /// Changes it for this operator, records the change for audit, and gives the performance. A repeated key changes
    /// nothing.
    ///
    /// # Errors
    /// [`PerformanceError`] naming the rule that the change breaks.
    pub async fn execute(
        &self,
        operator: OperatorId,
        performance_id: PerformanceId,
        (section, price): (SectionName, Amount),
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<PerformanceAvailability>, PerformanceError> {
        let shown = self.programme.listed(performance_id).await?.ok_or(PerformanceError::NotFound)?;
        let hall = self.programme.hall(performance_id).await?.ok_or(PerformanceError::NotFound)?;
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator };
        let concert_id = shown.performance.concert_id;
        let command = ChangeSectionCommand { concert_id, performance_id, hall, section, price, stamp, key };
        let answer = self.editor.change_section(command).await?;
        let performance = answer.value.clone();
        Ok(answer.with(PerformanceAvailability::of(performance, shown.available_seats, shown.as_of)))
    }
}

use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId, Reason};
use seatline_domain::commands::CancelPerformanceCommand;
use seatline_domain::concert::{Performance, PerformanceError};
use seatline_domain::id::{AuditEntryId, PerformanceId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::payment::RefundProgress;
use seatline_domain::ports::{Cancellations, Ids, Programme};

/// A performance, and how far the refunds of its cancellation are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationStatus {
    /// The performance, cancelled or not.
    pub performance: Performance,
    /// How far its refunds are. Without a cancellation there are none.
    pub refunds: RefundProgress,
}

/// Cancels performances.
pub struct CancelPerformance {
    /// The programme.
    pub programme: Arc<dyn Programme>,
    /// Shows how far it is.
    pub show: Arc<ShowCancellation>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl CancelPerformance {
    /// Cancels a performance for this operator, records that for audit, and tells how far its refunds are. Of one that is
    /// cancelled already nothing changes.
    ///
    /// # Errors
    /// [`PerformanceError`] saying why not.
    pub async fn execute(
        &self,
        operator: OperatorId,
        performance_id: PerformanceId,
        reason: Reason,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<CancellationStatus>, PerformanceError> {
        let performance = self.programme.performance(performance_id).await?;
        let concert_id = performance.ok_or(PerformanceError::NotFound)?.concert_id;
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator };
        let command = CancelPerformanceCommand { concert_id, performance_id, reason, stamp, key };
        let answer = self.show.cancellations.cancel(command).await?;
        let status = self.show.execute(performance_id).await?;
        Ok(answer.with(status))
    }
}

/// Shows how far the refunds of a cancelled performance are.
pub struct ShowCancellation {
    /// Knows what is owed.
    pub cancellations: Arc<dyn Cancellations>,
}

impl ShowCancellation {
    /// The performance, cancelled or not, and how far its refunds are.
    ///
    /// # Errors
    /// [`PerformanceError::NotFound`] when there is no such performance.
    pub async fn execute(
        &self,
        performance_id: PerformanceId,
    ) -> Result<CancellationStatus, PerformanceError> {
        let found = self.cancellations.progress(performance_id).await?;
        let (performance, refunds) = found.ok_or(PerformanceError::NotFound)?;
        Ok(CancellationStatus { performance, refunds })
    }
}

use async_trait::async_trait;

use crate::commands::{CancelPerformanceCommand, CompleteCancellationCommand};
use crate::concert::{Performance, PerformanceError};
use crate::id::PerformanceId;
use crate::idempotency::Answer;
use crate::payment::{RefundProgress, UnfinishedCancellation};
use crate::storage::StorageError;

/// Cancels performances, and knows what is owed to those who had paid.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Cancellations: Send + Sync {
    /// Carries out a [`CancelPerformanceCommand`]. Of whoever holds or pays at the same time, each has done so before it, and
    /// is over or owed, or is refused. Seen like a change of a performance.
    async fn cancel(
        &self,
        command: CancelPerformanceCommand,
    ) -> Result<Answer<Performance>, PerformanceError>;

    /// Carries out a [`CompleteCancellationCommand`].
    async fn complete(&self, command: CompleteCancellationCommand) -> Result<bool, PerformanceError>;

    /// A performance as it is now, and how far its refunds are; `None` when there is no such performance. Of one that is not
    /// cancelled there is nothing to refund.
    async fn progress(
        &self,
        performance_id: PerformanceId,
    ) -> Result<Option<(Performance, RefundProgress)>, StorageError>;

    /// What is left to be done for cancelled performances whose cancellation is not complete: of each of them a few payments
    /// and holds, each over at most `limit` seats. One of which nothing is left is among them, with neither.
    async fn unfinished(&self, limit: u16) -> Result<Vec<UnfinishedCancellation>, StorageError>;
}

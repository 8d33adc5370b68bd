use async_trait::async_trait;

use crate::audit::AuditStamp;
use crate::concert::{NewConcert, NewPerformance, PerformanceError};
use crate::storage::StorageError;

/// Adds to the programme. Each addition is recorded for audit in the same transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ProgrammeEditor: Send + Sync {
    /// Adds a concert and opens its waiting room.
    async fn add_concert(&self, concert: NewConcert, stamp: AuditStamp) -> Result<(), StorageError>;

    /// Adds a performance with all its seats. Must return [`PerformanceError::ConcertNotFound`] when there is no such
    /// concert, and [`PerformanceError::StartsInPast`] as [`NewPerformance::check_start`] decides by the database's clock.
    async fn add_performance(
        &self,
        performance: NewPerformance,
        stamp: AuditStamp,
    ) -> Result<(), PerformanceError>;
}

use async_trait::async_trait;

use crate::audit::AuditStamp;
use crate::commands::{ChangeConcertCommand, ChangePerformanceCommand, ChangeSectionCommand};
use crate::concert::{Concert, ConcertError, NewConcert, NewPerformance, Performance, PerformanceError};
use crate::id::{ConcertId, PerformanceId};
use crate::idempotency::{Answer, IdempotencyKey};

/// Adds to the programme and changes it. Each addition is recorded for audit, and by its operator's key, in the same transaction: a
/// repeated key gives the id of the first addition again and adds nothing. Of concurrent callers with one key, one adds.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait ProgrammeEditor: Send + Sync {
    /// Adds a concert and opens its waiting room.
    async fn add_concert(
        &self,
        concert: NewConcert,
        stamp: AuditStamp,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<ConcertId>, ConcertError>;

    /// Adds a performance with its hall and all its seats. Must return [`PerformanceError::ConcertNotFound`] when there is no such
    /// concert, and [`PerformanceError::StartsInPast`] as [`NewPerformance::check_start`] decides by the database's clock.
    async fn add_performance(
        &self,
        performance: NewPerformance,
        stamp: AuditStamp,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<PerformanceId>, PerformanceError>;

    /// Carries out a [`ChangeConcertCommand`]. Whoever reads the programme sees the change within two seconds; whatever
    /// is decided afterwards is decided by it.
    async fn change_concert(&self, command: ChangeConcertCommand) -> Result<Answer<Concert>, ConcertError>;

    /// Carries out a [`ChangePerformanceCommand`], seen like a change of a concert.
    async fn change_performance(
        &self,
        command: ChangePerformanceCommand,
    ) -> Result<Answer<Performance>, PerformanceError>;

    /// Carries out a [`ChangeSectionCommand`], seen like a change of a concert. A hold has the prices of before or those
    /// of afterwards, for all its seats.
    async fn change_section(
        &self,
        command: ChangeSectionCommand,
    ) -> Result<Answer<Performance>, PerformanceError>;
}

use async_trait::async_trait;
use seatline_domain::audit::{AuditAction, AuditEntry, AuditStamp, Fact, Facts, facts};
use seatline_domain::concert::{Concert, NewConcert, NewPerformance, PerformanceError};
use seatline_domain::id::ConcertId;
use seatline_domain::ports::ProgrammeEditor;
use seatline_domain::queue::{AdmitRate, RoomSettings};
use seatline_domain::storage::StorageError;

use crate::failure::Failure;
use crate::pool::Lease;
use crate::postgres::Postgres;
use crate::tables::audit_entries::InsertAuditEntry;
use crate::tables::{clock, concerts, performances, seats, waiting_rooms};

fn concert_facts(concert: &Concert, queue: &RoomSettings) -> Facts {
    facts([
        ("title", concert.title.as_str().into()),
        ("venue", concert.venue.as_str().into()),
        ("timezone", concert.timezone.name().into()),
        ("maxSeatsPerUser", concert.max_seats_per_user.get().into()),
        ("capacity", queue.capacity.get().into()),
        ("admitPerMinute", queue.admit_per_minute.map(AdmitRate::per_minute).into()),
    ])
}

fn performance_facts(new: &NewPerformance) -> Facts {
    facts([
        ("performanceId", new.performance.id.to_string().into()),
        ("startsAt", new.performance.starts_at.to_rfc3339().into()),
        ("totalSeats", new.performance.total_seats.into()),
        ("sections", integer_facts(new.sections.len())),
    ])
}

fn integer_facts(number: usize) -> Fact {
    u32::try_from(number).unwrap_or(u32::MAX).into()
}

async fn record(
    lease: &Lease,
    stamp: AuditStamp,
    concert_id: ConcertId,
    action: AuditAction,
    after: Facts,
) -> Result<(), Failure> {
    let at = clock(lease).await?;
    let entry = AuditEntry { stamp, concert_id, action, before: None, after, at };
    lease.execute(InsertAuditEntry::of(&entry)).await?;
    Ok(())
}

async fn add_concert(lease: &Lease, new: &NewConcert, stamp: AuditStamp) -> Result<(), Failure> {
    let NewConcert { concert, queue } = new;
    concerts::insert(lease, concert).await?;
    waiting_rooms::insert(lease, concert.id, queue).await?;
    record(lease, stamp, concert.id, AuditAction::ConcertAdded, concert_facts(concert, queue)).await
}

/// Adds a performance, or gives why it cannot be added.
async fn add_performance(
    lease: &Lease,
    new: &NewPerformance,
    stamp: AuditStamp,
) -> Result<Result<(), PerformanceError>, Failure> {
    if let Err(refused) = new.check_start(clock(lease).await?) {
        return Ok(Err(refused));
    }
    let performance = &new.performance;
    if !performances::insert(lease, performance).await? {
        return Ok(Err(PerformanceError::ConcertNotFound));
    }
    seats::insert(lease, new).await?;
    let after = performance_facts(new);
    record(lease, stamp, performance.concert_id, AuditAction::PerformanceAdded, after).await?;
    Ok(Ok(()))
}

#[async_trait]
impl ProgrammeEditor for Postgres {
    async fn add_concert(&self, concert: NewConcert, stamp: AuditStamp) -> Result<(), StorageError> {
        let lease = self.pool.begin().await?;
        let result = add_concert(&lease, &concert, stamp).await;
        Ok(lease.finish(result).await?)
    }

    async fn add_performance(
        &self,
        performance: NewPerformance,
        stamp: AuditStamp,
    ) -> Result<(), PerformanceError> {
        let lease = self.pool.begin().await.map_err(StorageError::from)?;
        let result = add_performance(&lease, &performance, stamp).await;
        lease.finish(result).await.map_err(StorageError::from)?
    }
}

use std::time::Duration;

use async_trait::async_trait;
use seatline_domain::audit::{AuditAction, AuditEntry, AuditStamp, Fact, Facts, facts};
use seatline_domain::concert::{Concert, NewConcert, NewPerformance, PerformanceError};
use seatline_domain::id::ConcertId;
use seatline_domain::ports::ProgrammeEditor;
use seatline_domain::queue::{AdmitRate, RoomSettings};
use seatline_domain::storage::StorageError;
use tokio::sync::SemaphorePermit;
use tokio::time::timeout;

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

async fn add_concert(lease: &mut Lease, new: &NewConcert, stamp: AuditStamp) -> Result<(), Failure> {
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
    performances::put_last(lease, performance).await?;
    let after = performance_facts(new);
    record(lease, stamp, performance.concert_id, AuditAction::PerformanceAdded, after).await?;
    Ok(Ok(()))
}

/// Boards wait for what lanes have not committed, and know their transactions by this name. What is long in the making here
/// changes no waiting room.
const UNWATCHED: &str = "SET LOCAL application_name = 'seatline programme'";

impl Postgres {
    /// How many large performances are added at the same time, so that connections are left for others.
    pub(crate) const LARGE_ADDITIONS: usize = 2;
    /// The longest wait for one of them.
    const ADDITION_WAIT: Duration = Duration::from_mins(2);

    /// Waits until a performance may be added: at once, unless it is a large one.
    async fn turn_to_add(&self, new: &NewPerformance) -> Result<Option<SemaphorePermit<'_>>, StorageError> {
        if new.performance.total_seats <= seats::SLICE {
            return Ok(None);
        }
        let turn = timeout(Self::ADDITION_WAIT, self.large_additions.acquire()).await;
        let too_many = || StorageError::Unavailable("too many performances are being added".into());
        turn.ok().and_then(Result::ok).map(Some).ok_or_else(too_many)
    }
}

#[async_trait]
impl ProgrammeEditor for Postgres {
    async fn add_concert(&self, concert: NewConcert, stamp: AuditStamp) -> Result<(), StorageError> {
        let mut lease = self.pool.begin().await?;
        let result = add_concert(&mut lease, &concert, stamp).await;
        Ok(lease.finish(result).await?)
    }

    async fn add_performance(
        &self,
        performance: NewPerformance,
        stamp: AuditStamp,
    ) -> Result<(), PerformanceError> {
        let _turn = self.turn_to_add(&performance).await?;
        let mut lease = self.pool.begin().await.map_err(StorageError::from)?;
        lease.batch(UNWATCHED).await.map_err(StorageError::from)?;
        let result = add_performance(&lease, &performance, stamp).await;
        lease.finish(result).await.map_err(StorageError::from)?
    }
}

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use seatline_domain::audit::{AuditAction, AuditEntry, AuditStamp, Fact, Facts, facts};
use seatline_domain::commands::{ChangeConcertCommand, ChangePerformanceCommand, ChangeSectionCommand};
use seatline_domain::concert::{
    Concert, ConcertError, NewConcert, NewPerformance, Performance, PerformanceError,
};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use seatline_domain::ports::ProgrammeEditor;
use seatline_domain::queue::{AdmitRate, RoomSettings};
use seatline_domain::storage::StorageError;
use seatline_domain::working_set::{Footprint, WorkingSet};
use tokio::sync::SemaphorePermit;
use tokio::time::timeout;

use crate::failure::Failure;
use crate::lane::submit;
use crate::pool::{Clock, Lease, Pool};
use crate::postgres::Postgres;
use crate::tables::audit_entries::InsertAuditEntry;
use crate::tables::concerts::FindConcerts;
use crate::tables::{concerts, halls, idempotency_keys, performances, seats, waiting_rooms};

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
        ("startsAt", new.performance.starts_at.into()),
        ("totalSeats", new.performance.total_seats.into()),
        ("sections", integer_facts(new.hall.sections().len())),
    ])
}

fn integer_facts(number: usize) -> Fact {
    u32::try_from(number).unwrap_or(u32::MAX).into()
}

async fn record(
    lease: &Lease,
    clock: &Arc<Clock>,
    stamp: AuditStamp,
    concert_id: ConcertId,
    action: AuditAction,
    after: Facts,
) -> Result<(), Failure> {
    let at = clock.time(lease).await?;
    let entry = AuditEntry { stamp, concert_id, action, before: None, after, at };
    lease.execute(InsertAuditEntry::of(&entry)).await?;
    Ok(())
}

/// An addition to the programme.
enum Addition {
    Concert(NewConcert),
    Performance(NewPerformance),
}

/// What an addition came to.
enum Added {
    Now,
    /// By a request with the same key, which had this outcome.
    Before(Outcome),
    KeyReused,
    Refused(PerformanceError),
}

impl Addition {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Concert(new) => Outcome::ConcertAdded(new.concert.id),
            Self::Performance(new) => Outcome::PerformanceAdded(new.performance.id),
        }
    }

    fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Concert(new) => new.fingerprint(),
            Self::Performance(new) => new.fingerprint(),
        }
    }
}

/// Adds, unless the key has done so. The key is looked up first: whoever comes second with it waits, and finds the record.
async fn add(
    lease: &mut Lease,
    clock: &Arc<Clock>,
    addition: &Addition,
    stamp: AuditStamp,
    key: Option<&IdempotencyKey>,
) -> Result<Added, Failure> {
    let (owner, mut set) = (KeyOwner::Operator(stamp.operator), WorkingSet::default());
    if let Some(key) = key {
        let footprint = Footprint { keys: [(owner, key.clone())].into(), ..Footprint::default() };
        idempotency_keys::load(lease, &footprint, &mut set.keys).await?;
    }
    let now = clock.time(lease).await?;
    match set.recorded(owner, key, || addition.fingerprint(), now) {
        Ok(None) => {}
        Ok(Some(outcome)) => return Ok(Added::Before(outcome.clone())),
        Err(KeyReused) => return Ok(Added::KeyReused),
    }
    // A refusal leaves nothing behind, no key either.
    if let Addition::Performance(new) = addition {
        if let Err(refused) = new.check_start(now) {
            return Ok(Added::Refused(refused));
        }
        let concert_ids = vec![new.performance.concert_id.uuid()];
        if lease.load(FindConcerts { concert_ids }).await?.is_empty() {
            return Ok(Added::Refused(PerformanceError::ConcertNotFound));
        }
    }
    if let Some(key) = key {
        set.record(owner, key, addition.fingerprint(), addition.outcome(), now);
        idempotency_keys::store(lease, &set, now).await?;
    }
    match addition {
        Addition::Concert(new) => add_concert(lease, clock, new, stamp).await,
        Addition::Performance(new) => add_performance(lease, clock, new, stamp).await,
    }
}

async fn add_concert(
    lease: &mut Lease,
    clock: &Arc<Clock>,
    new: &NewConcert,
    stamp: AuditStamp,
) -> Result<Added, Failure> {
    let NewConcert { concert, queue } = new;
    concerts::insert(lease, concert).await?;
    waiting_rooms::insert(lease, concert.id, queue).await?;
    record(lease, clock, stamp, concert.id, AuditAction::ConcertAdded, concert_facts(concert, queue)).await?;
    Ok(Added::Now)
}

async fn add_performance(
    lease: &Lease,
    clock: &Arc<Clock>,
    new: &NewPerformance,
    stamp: AuditStamp,
) -> Result<Added, Failure> {
    let performance = &new.performance;
    if !performances::insert(lease, performance).await? {
        return Ok(Added::Refused(PerformanceError::ConcertNotFound));
    }
    concerts::enter_cell(lease, performance.concert_id).await?;
    halls::insert(lease, new).await?;
    seats::insert(lease, new).await?;
    performances::put_last(lease, performance).await?;
    let after = performance_facts(new);
    record(lease, clock, stamp, performance.concert_id, AuditAction::PerformanceAdded, after).await?;
    Ok(Added::Now)
}

impl Postgres {
    /// How many large performances are added at the same time: half of the connections are left for others.
    pub(crate) fn large_additions(pool: &Pool) -> usize {
        (pool.size_max() / 2).max(1)
    }

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

    const ADDITION_ATTEMPTS: u8 = 4;

    /// Adds in one transaction, again when somebody else has just used the key.
    async fn add(
        &self,
        addition: Addition,
        stamp: AuditStamp,
        key: Option<IdempotencyKey>,
    ) -> Result<Added, StorageError> {
        let mut attempt = 1;
        loop {
            let mut lease = self.shares.browsing.begin().await?;
            let result = add(&mut lease, self.shares.clock(), &addition, stamp, key.as_ref()).await;
            let result = lease.finish(result).await;
            self.changes.changed_programme();
            match result {
                Err(Failure::Contention(_)) if attempt < Self::ADDITION_ATTEMPTS => attempt += 1,
                result => return Ok(result?),
            }
        }
    }
}

#[async_trait]
impl ProgrammeEditor for Postgres {
    async fn add_concert(
        &self,
        concert: NewConcert,
        stamp: AuditStamp,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<ConcertId>, ConcertError> {
        let id = concert.concert.id;
        match self.add(Addition::Concert(concert), stamp, key).await? {
            Added::Now => Ok(Answer::created(id)),
            Added::Before(Outcome::ConcertAdded(id)) => Ok(Answer::replayed(id, true)),
            Added::Before(_) | Added::KeyReused => Err(KeyReused.into()),
            Added::Refused(_) => Err(StorageError::missing("the new concert").into()),
        }
    }

    async fn add_performance(
        &self,
        performance: NewPerformance,
        stamp: AuditStamp,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<PerformanceId>, PerformanceError> {
        let _turn = self.turn_to_add(&performance).await?;
        let id = performance.performance.id;
        match self.add(Addition::Performance(performance), stamp, key).await? {
            Added::Now => Ok(Answer::created(id)),
            Added::Before(Outcome::PerformanceAdded(id)) => Ok(Answer::replayed(id, true)),
            Added::Before(_) | Added::KeyReused => Err(KeyReused.into()),
            Added::Refused(refused) => Err(refused),
        }
    }

    async fn change_concert(&self, command: ChangeConcertCommand) -> Result<Answer<Concert>, ConcertError> {
        submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn change_performance(
        &self,
        command: ChangePerformanceCommand,
    ) -> Result<Answer<Performance>, PerformanceError> {
        submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command).await
    }

    async fn change_section(
        &self,
        command: ChangeSectionCommand,
    ) -> Result<Answer<Performance>, PerformanceError> {
        submit(&self.cells.of(command.concert_id).await?.room_lanes, command.concert_id.uuid(), command).await
    }
}

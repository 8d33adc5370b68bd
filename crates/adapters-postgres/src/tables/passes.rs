use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::queue::{Number, Pass, PassEnd, PassState, Room, RoomStatus, policy};
use seatline_domain::working_set::{Footprint, LoadedPasses, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::{CorruptRow, count, position};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

/// `concert_id`, `number`, `user_id`, `state`, `issued_at`, `admitted_at`, `expires_at`, `show_up_by`, `ended_at`,
/// `departure`.
pub(crate) type PassRow = (
    Uuid,
    i64,
    Uuid,
    String,
    Timestamp,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<i64>,
);

statement! {
    /// Locks passes: those named by number, the live ones of the users named, and the lapsed ones of the rooms named.
    /// Each is locked by a look-up of its own: with one join for all, PostgreSQL loses rows that others changed while it
    /// waited for them.
    LockPasses {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        numbers: Vec<i64> => Array<BigInt>,
        live_concert_ids: Vec<Uuid> => Array<SqlUuid>,
        live_user_ids: Vec<Uuid> => Array<SqlUuid>,
        lapsed_in: Vec<Uuid> => Array<SqlUuid>,
    } -> PassRow = (SqlUuid, BigInt, SqlUuid, Text, Timestamptz, Nullable<Timestamptz>, Nullable<Timestamptz>,
        Nullable<Timestamptz>, Nullable<Timestamptz>, Nullable<BigInt>);
    "SELECT pass.concert_id, pass.number, pass.user_id, pass.state, pass.issued_at, pass.admitted_at,
            pass.expires_at, pass.show_up_by, pass.ended_at, pass.departure
     FROM (
         SELECT concert_id, number FROM unnest(?, ?) AS named(concert_id, number)
         UNION
         SELECT live.concert_id, live.number
         FROM unnest(?, ?) AS named(concert_id, user_id)
         CROSS JOIN LATERAL (
             SELECT concert_id, number FROM passes
             WHERE concert_id = named.concert_id AND user_id = named.user_id AND state IN ('WAITING', 'ACTIVE') LIMIT 1
         ) AS live
         UNION
         SELECT active.concert_id, active.number
         FROM passes AS active
         WHERE active.concert_id = ANY(?) AND active.state = 'ACTIVE'
               AND least(active.expires_at, active.show_up_by) <= clock_timestamp()
         ORDER BY concert_id, number
     ) AS wanted
     CROSS JOIN LATERAL (
         SELECT * FROM passes WHERE concert_id = wanted.concert_id AND number = wanted.number FOR UPDATE
     ) AS pass"
}

statement! {
    /// Counts the active passes of rooms.
    CountActive { concert_ids: Vec<Uuid> => Array<SqlUuid> } -> (Uuid, i64) = (SqlUuid, BigInt);
    "SELECT named.concert_id, (SELECT count(*) FROM passes AS active
                               WHERE active.concert_id = named.concert_id AND active.state = 'ACTIVE')
     FROM unnest(?) AS named(concert_id)"
}

statement! {
    /// The next people in the lines of rooms.
    NextInLine {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        now_serving: Vec<i64> => Array<BigInt>,
        people: Vec<i64> => Array<BigInt>,
    } -> PassRow = (SqlUuid, BigInt, SqlUuid, Text, Timestamptz, Nullable<Timestamptz>, Nullable<Timestamptz>,
        Nullable<Timestamptz>, Nullable<Timestamptz>, Nullable<BigInt>);
    "SELECT pass.concert_id, pass.number, pass.user_id, pass.state, pass.issued_at, pass.admitted_at,
            pass.expires_at, pass.show_up_by, pass.ended_at, pass.departure
     FROM unnest(?, ?, ?) AS line(concert_id, now_serving, people)
     CROSS JOIN LATERAL (
         SELECT * FROM passes AS waiting
         WHERE waiting.concert_id = line.concert_id AND waiting.number > line.now_serving AND waiting.state = 'WAITING'
         ORDER BY waiting.number LIMIT line.people
     ) AS pass"
}

statement! {
    /// Adds passes.
    InsertPasses {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        numbers: Vec<i64> => Array<BigInt>,
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        states: Vec<&'static str> => Array<Text>,
        issued_at: Vec<Timestamp> => Array<Timestamptz>,
        admitted_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        expires_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        show_up_by: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        ended_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        departures: Vec<Option<i64>> => Array<Nullable<BigInt>>,
    };
    "INSERT INTO passes (concert_id, number, user_id, state, issued_at, admitted_at, expires_at, show_up_by, ended_at,
                         departure)
     SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
}

statement! {
    /// Writes changed passes. What is not given any more (`expires_at` of an ended pass) stays as it was.
    UpdatePasses {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        numbers: Vec<i64> => Array<BigInt>,
        states: Vec<&'static str> => Array<Text>,
        admitted_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        expires_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        show_up_by: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        ended_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        departures: Vec<Option<i64>> => Array<Nullable<BigInt>>,
    };
    "UPDATE passes AS pass
     SET state = new.state, admitted_at = new.admitted_at, expires_at = coalesce(new.expires_at, pass.expires_at),
         show_up_by = new.show_up_by, ended_at = new.ended_at, departure = new.departure
     FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
          AS new(concert_id, number, state, admitted_at, expires_at, show_up_by, ended_at, departure)
     WHERE pass.concert_id = new.concert_id AND pass.number = new.number"
}

/// A pass from its row.
pub(crate) fn pass(row: PassRow) -> Result<Pass, CorruptRow> {
    let (
        concert_id,
        number,
        user_id,
        state,
        issued_at,
        admitted_at,
        expires_at,
        show_up_by,
        ended_at,
        departure,
    ) = row;
    let ended = |end| {
        let at = ended_at.ok_or_else(|| CorruptRow::wrong("end of a pass", ended_at))?;
        Ok(PassState::Ended { end, at, admitted_at })
    };
    let state = match (state.as_str(), admitted_at, expires_at) {
        ("WAITING", ..) => PassState::Waiting,
        ("ACTIVE", Some(admitted_at), Some(expires_at)) => {
            PassState::Active { admitted_at, expires_at, show_up_by }
        }
        ("COMPLETED", ..) => ended(PassEnd::Completed)?,
        ("EXPIRED", ..) => ended(PassEnd::Expired)?,
        ("LEFT", ..) => ended(PassEnd::Left)?,
        _ => return Err(CorruptRow::wrong("state of a pass", state)),
    };
    Ok(Pass {
        concert_id: ConcertId::new(concert_id),
        number: Number::new(count("number of a pass", number)?),
        user_id: UserId::new(user_id),
        issued_at,
        state,
        departure: departure.map(|departure| count("departure", departure)).transpose()?,
    })
}

struct PassColumns {
    state: &'static str,
    admitted_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    show_up_by: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

impl PassColumns {
    fn of(state: PassState) -> Self {
        match state {
            PassState::Waiting => Self {
                state: "WAITING",
                admitted_at: None,
                expires_at: None,
                show_up_by: None,
                ended_at: None,
            },
            PassState::Active { admitted_at, expires_at, show_up_by } => Self {
                state: "ACTIVE",
                admitted_at: Some(admitted_at),
                expires_at: Some(expires_at),
                show_up_by,
                ended_at: None,
            },
            PassState::Ended { end, at, admitted_at } => Self {
                state: match end {
                    PassEnd::Completed => "COMPLETED",
                    PassEnd::Expired => "EXPIRED",
                    PassEnd::Left => "LEFT",
                },
                admitted_at,
                expires_at: None,
                show_up_by: None,
                ended_at: Some(at),
            },
        }
    }
}

pub(super) async fn lock(
    lease: &Lease,
    footprint: &Footprint,
    passes: &mut LoadedPasses,
) -> Result<(), Failure> {
    if footprint.passes.is_empty() && footprint.live_passes.is_empty() && footprint.queue_heads.is_empty() {
        return Ok(());
    }
    let statement = LockPasses {
        concert_ids: footprint.passes.iter().map(|(concert_id, _)| concert_id.uuid()).collect(),
        numbers: footprint.passes.iter().map(|(_, number)| position(number.get())).collect(),
        live_concert_ids: footprint.live_passes.iter().map(|(concert_id, _)| concert_id.uuid()).collect(),
        live_user_ids: footprint.live_passes.iter().map(|(_, user_id)| user_id.uuid()).collect(),
        lapsed_in: footprint.queue_heads.iter().map(|concert_id| concert_id.uuid()).collect(),
    };
    for row in lease.load(statement).await? {
        passes.load(pass(row)?);
    }
    Ok(())
}

/// Reads how many are active, where that matters, and who is next in line.
pub(super) async fn load_lines(
    lease: &Lease,
    footprint: &Footprint,
    rooms: &TrackedRows<ConcertId, Room>,
    passes: &mut LoadedPasses,
) -> Result<(), Failure> {
    let nobody_waits = |concert_id: &&ConcertId| rooms.get(concert_id).is_some_and(|room| room.waiting == 0);
    let active_counts = footprint.active_counts.iter().filter(nobody_waits);
    let mut concert_ids: Vec<Uuid> =
        active_counts.chain(&footprint.queue_heads).map(|id| id.uuid()).collect();
    concert_ids.sort_unstable();
    concert_ids.dedup();
    if concert_ids.is_empty() {
        return Ok(());
    }
    for (concert_id, active) in lease.load(CountActive { concert_ids }).await? {
        passes.load_active(ConcertId::new(concert_id), count("number of active passes", active)?);
    }
    load_queue_heads(lease, footprint, rooms, passes).await
}

async fn load_queue_heads(
    lease: &Lease,
    footprint: &Footprint,
    rooms: &TrackedRows<ConcertId, Room>,
    passes: &mut LoadedPasses,
) -> Result<(), Failure> {
    let mut statement = NextInLine { concert_ids: Vec::new(), now_serving: Vec::new(), people: Vec::new() };
    for concert_id in &footprint.queue_heads {
        let Some(room) = rooms.get(concert_id).filter(|room| room.status == RoomStatus::Open) else {
            continue;
        };
        let lapsed = u64::try_from(passes.expired(*concert_id, Timestamp::MAX_UTC).len()).unwrap_or(0);
        let active = passes.active_in(*concert_id).unwrap_or(u64::MAX).saturating_sub(lapsed);
        let vacancies = u64::from(room.settings.capacity.get()).saturating_sub(active);
        let people = vacancies.min(policy::ADMISSIONS_PER_STEP.into()).min(room.waiting);
        if people > 0 {
            statement.concert_ids.push(concert_id.uuid());
            statement.now_serving.push(position(room.now_serving));
            statement.people.push(position(people));
        }
    }
    if statement.concert_ids.is_empty() {
        return Ok(());
    }
    for row in lease.load(statement).await? {
        let pass = pass(row)?;
        passes.load_queue_head(pass.concert_id, pass.number);
        passes.load(pass);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let added: Vec<&Pass> = set.passes.added().collect();
    if !added.is_empty() {
        let columns: Vec<PassColumns> = added.iter().map(|pass| PassColumns::of(pass.state)).collect();
        let insert = InsertPasses {
            concert_ids: added.iter().map(|pass| pass.concert_id.uuid()).collect(),
            numbers: added.iter().map(|pass| position(pass.number.get())).collect(),
            user_ids: added.iter().map(|pass| pass.user_id.uuid()).collect(),
            states: columns.iter().map(|column| column.state).collect(),
            issued_at: added.iter().map(|pass| pass.issued_at).collect(),
            admitted_at: columns.iter().map(|column| column.admitted_at).collect(),
            expires_at: columns.iter().map(|column| column.expires_at).collect(),
            show_up_by: columns.iter().map(|column| column.show_up_by).collect(),
            ended_at: columns.iter().map(|column| column.ended_at).collect(),
            departures: added.iter().map(|pass| pass.departure.map(position)).collect(),
        };
        // Changed passes first: a pass that ended makes room for its user's next one.
        update(lease, set).await?;
        lease.execute(insert).await?;
        return Ok(());
    }
    update(lease, set).await
}

async fn update(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let changed: Vec<&Pass> = set.passes.changed().collect();
    if changed.is_empty() {
        return Ok(());
    }
    let columns: Vec<PassColumns> = changed.iter().map(|pass| PassColumns::of(pass.state)).collect();
    let update = UpdatePasses {
        concert_ids: changed.iter().map(|pass| pass.concert_id.uuid()).collect(),
        numbers: changed.iter().map(|pass| position(pass.number.get())).collect(),
        states: columns.iter().map(|column| column.state).collect(),
        admitted_at: columns.iter().map(|column| column.admitted_at).collect(),
        expires_at: columns.iter().map(|column| column.expires_at).collect(),
        show_up_by: columns.iter().map(|column| column.show_up_by).collect(),
        ended_at: columns.iter().map(|column| column.ended_at).collect(),
        departures: changed.iter().map(|pass| pass.departure.map(position)).collect(),
    };
    lease.execute(update).await?;
    Ok(())
}

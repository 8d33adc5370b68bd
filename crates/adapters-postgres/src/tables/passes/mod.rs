//! Passes: the places that a waiting room gives out.

mod admissions;
mod departures;
mod queues;
mod writes;

pub(crate) use admissions::{FindAdmissions, FindLastAdmissions};
pub(crate) use departures::{FindDepartures, FindDeparturesAhead, departure};
pub(super) use queues::load_queues;
pub(super) use writes::store;

use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::queue::{Number, Pass, PassAt, PassEnd, PassState};
use seatline_domain::working_set::{Footprint, LoadedPasses};
use uuid::Uuid;

use super::{CorruptRow, bigint, count, waiting_rooms};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

row! {
    /// A pass.
    PassRow as pass_columns {
        concert_id: Uuid => SqlUuid,
        number: i64 => BigInt,
        user_id: Uuid => SqlUuid,
        state: String => Text,
        issued_at: Timestamp => Timestamptz,
        admitted_at: Option<Timestamp> => Nullable<Timestamptz>,
        expires_at: Option<Timestamp> => Nullable<Timestamptz>,
        show_up_by: Option<Timestamp> => Nullable<Timestamptz>,
        ended_at: Option<Timestamp> => Nullable<Timestamptz>,
        departure: Option<i64> => Nullable<BigInt>,
        ends_by: Option<Timestamp> => Nullable<Timestamptz>,
    }
}

row! {
    /// A pass, the time, and what its room says of it.
    TimedPassRow as timed_pass_columns {
        ..pass: PassRow as pass_columns,
        as_of: Timestamp => Timestamptz = crate::pool::now!(),
        room_state: String => Text = "room.state",
        line_ended_at: Option<Timestamp> => Nullable<Timestamptz> = "room.line_ended_at",
        line_ended_after: Option<i64> => Nullable<BigInt> = "room.line_ended_after",
        line_ended_up_to: Option<i64> => Nullable<BigInt> = "room.line_ended_up_to",
        line_written_up_to: Option<i64> => Nullable<BigInt> = "room.line_written_up_to",
    }
}

statement! {
    /// Reads passes by number, with their rooms. Each is looked up by itself: as joins, PostgreSQL may begin with the room,
    /// and read its whole line for each of them.
    FindPasses {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        number: Vec<i64> => Array<BigInt>,
    } -> TimedPassRow;
    "SELECT ", timed_pass_columns!(pass), "
     FROM ", arrays!(named: concert_id, number), "
     CROSS JOIN LATERAL (
         SELECT * FROM passes WHERE concert_id = named.concert_id AND number = named.number LIMIT 1
     ) AS pass
     CROSS JOIN LATERAL (
         SELECT * FROM waiting_rooms WHERE concert_id = named.concert_id LIMIT 1
     ) AS room"
}

statement! {
    /// Locks passes: those named by number, the live ones of the users named, and the expired ones of the rooms named.
    /// Each row lock is taken by a look-up of its own: with one join for all, PostgreSQL loses rows that others changed
    /// while it waited for them.
    LockPasses {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        number: Vec<i64> => Array<BigInt>,
        live_concert_id: Vec<Uuid> => Array<SqlUuid>,
        live_user_id: Vec<Uuid> => Array<SqlUuid>,
        expired_in: Vec<Uuid> => Array<SqlUuid>,
    } -> PassRow;
    "SELECT ", pass_columns!(pass), "
     FROM (
         SELECT concert_id, number FROM ", arrays!(named: concert_id, number), "
         UNION
         SELECT live.concert_id, live.number
         FROM ", arrays!(named: concert_id, user_id), "
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

impl TryFrom<PassRow> for Pass {
    type Error = CorruptRow;

    fn try_from(row: PassRow) -> Result<Self, CorruptRow> {
        let PassRow { admitted_at, expires_at, show_up_by, ended_at, ends_by, .. } = row;
        let ended = |end| {
            let at = ended_at.ok_or_else(|| CorruptRow::new("end of a pass", ended_at))?;
            Ok(PassState::Ended { end, at, admitted_at })
        };
        let state = match (row.state.as_str(), admitted_at, expires_at) {
            ("WAITING", ..) => PassState::Waiting,
            ("ACTIVE", Some(admitted_at), Some(expires_at)) => {
                // Of those admitted by a version that did not know of it: they are not extended any more.
                let ends_by = ends_by.unwrap_or(expires_at);
                PassState::Active { admitted_at, expires_at, show_up_by, ends_by }
            }
            ("COMPLETED", ..) => ended(PassEnd::Completed)?,
            ("EXPIRED", ..) => ended(PassEnd::Expired)?,
            ("LEFT", ..) => ended(PassEnd::Left)?,
            ("ENDED", ..) => ended(PassEnd::LineEnded)?,
            _ => return Err(CorruptRow::new("state of a pass", row.state)),
        };
        Ok(Self {
            concert_id: ConcertId::new(row.concert_id),
            number: Number::new(count("number of a pass", row.number)?),
            user_id: UserId::new(row.user_id),
            issued_at: row.issued_at,
            state,
            departure: row.departure.map(|departure| count("departure", departure)).transpose()?,
        })
    }
}

impl TryFrom<TimedPassRow> for PassAt {
    type Error = CorruptRow;

    fn try_from(row: TimedPassRow) -> Result<Self, CorruptRow> {
        let line_end = waiting_rooms::line_end(
            row.line_ended_at,
            row.line_ended_after,
            row.line_ended_up_to,
            row.line_written_up_to,
        )?;
        let pass = Pass::try_from(row.pass)?.after_line_end(line_end.as_ref());
        Ok(Self { pass, as_of: row.as_of, room_status: waiting_rooms::status(&row.room_state)? })
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
        concert_id: footprint.passes.iter().map(|(concert_id, _)| concert_id.uuid()).collect(),
        number: footprint.passes.iter().map(|(_, number)| bigint(number.get())).collect(),
        live_concert_id: footprint.live_passes.iter().map(|(concert_id, _)| concert_id.uuid()).collect(),
        live_user_id: footprint.live_passes.iter().map(|(_, user_id)| user_id.uuid()).collect(),
        expired_in: footprint.queue_heads.iter().map(|concert_id| concert_id.uuid()).collect(),
    };
    for row in lease.load(statement).await? {
        passes.load(row.try_into()?);
    }
    Ok(())
}

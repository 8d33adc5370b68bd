use chrono::TimeDelta;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{AdmitRate, Capacity, Room, RoomSettings, RoomStatus, Throttle};
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::{CorruptRow, count, position};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

/// `concert_id`, `capacity`, `admit_per_minute`, `pass_ttl_ms`, `show_up_within_ms`, `state`, `last_number`,
/// `now_serving`, `waiting`, `departures`, `next_admission_at`.
type RoomRow = (Uuid, i32, Option<i32>, i64, i64, String, i64, i64, i64, i64, Option<Timestamp>);

statement! {
    /// Locks waiting rooms.
    LockRooms { concert_ids: Vec<Uuid> => Array<SqlUuid> }
    -> RoomRow = (SqlUuid, Integer, Nullable<Integer>, BigInt, BigInt, Text, BigInt, BigInt, BigInt, BigInt,
        Nullable<Timestamptz>);
    "SELECT concert_id, capacity, admit_per_minute, pass_ttl_ms, show_up_within_ms, state, last_number, now_serving,
            waiting, departures, next_admission_at
     FROM waiting_rooms WHERE concert_id = ANY(?) ORDER BY concert_id FOR UPDATE"
}

statement! {
    /// Writes changed waiting rooms.
    UpdateRooms {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        capacities: Vec<i32> => Array<Integer>,
        rates: Vec<Option<i32>> => Array<Nullable<Integer>>,
        states: Vec<&'static str> => Array<Text>,
        last_numbers: Vec<i64> => Array<BigInt>,
        now_serving: Vec<i64> => Array<BigInt>,
        waiting: Vec<i64> => Array<BigInt>,
        departures: Vec<i64> => Array<BigInt>,
        next_admissions: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
    };
    "UPDATE waiting_rooms AS room
     SET capacity = new.capacity, admit_per_minute = new.admit_per_minute, state = new.state,
         last_number = new.last_number, now_serving = new.now_serving, waiting = new.waiting,
         departures = new.departures, next_admission_at = new.next_admission_at
     FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
          AS new(concert_id, capacity, admit_per_minute, state, last_number, now_serving, waiting, departures,
                 next_admission_at)
     WHERE room.concert_id = new.concert_id"
}

/// The columns of a room's settings, as they are stored.
pub(crate) struct RoomSettingsColumns {
    pub(crate) capacity: i32,
    pub(crate) admit_per_minute: Option<i32>,
    pub(crate) pass_ttl_ms: i64,
    pub(crate) show_up_within_ms: i64,
}

impl RoomSettingsColumns {
    pub(crate) fn of(settings: &RoomSettings) -> Self {
        Self {
            capacity: i32::try_from(settings.capacity.get()).unwrap_or(i32::MAX),
            admit_per_minute: rate_column(settings.admit_per_minute),
            pass_ttl_ms: settings.pass_ttl().num_milliseconds(),
            show_up_within_ms: settings.show_up_within().num_milliseconds(),
        }
    }

    pub(crate) fn read(&self) -> Result<RoomSettings, CorruptRow> {
        let capacity = u32::try_from(self.capacity).ok().and_then(|people| Capacity::parse(people).ok());
        let rate = match self.admit_per_minute {
            None => None,
            Some(rate) => Some(
                u32::try_from(rate)
                    .ok()
                    .and_then(|rate| AdmitRate::parse(rate).ok())
                    .ok_or_else(|| CorruptRow::wrong("admission rate", rate))?,
            ),
        };
        let capacity = capacity.ok_or_else(|| CorruptRow::wrong("capacity", self.capacity))?;
        let milliseconds = TimeDelta::milliseconds;
        RoomSettings::new(
            capacity,
            rate,
            milliseconds(self.pass_ttl_ms),
            milliseconds(self.show_up_within_ms),
        )
        .map_err(|error| CorruptRow::wrong("waiting room", error))
    }
}

fn rate_column(rate: Option<AdmitRate>) -> Option<i32> {
    rate.map(|rate| i32::try_from(rate.per_minute()).unwrap_or(i32::MAX))
}

/// A room's state, from its column.
pub(crate) fn status_of(state: &str) -> Result<RoomStatus, CorruptRow> {
    match state {
        "OPEN" => Ok(RoomStatus::Open),
        "PAUSED" => Ok(RoomStatus::Paused),
        other => Err(CorruptRow::wrong("state of a waiting room", other)),
    }
}

const fn status_column(status: RoomStatus) -> &'static str {
    match status {
        RoomStatus::Open => "OPEN",
        RoomStatus::Paused => "PAUSED",
    }
}

fn room(row: RoomRow) -> Result<Room, CorruptRow> {
    let (concert_id, capacity, admit_per_minute, pass_ttl_ms, show_up_within_ms, state, ..) = row;
    let (.., last_number, now_serving, waiting, departures, next_due) = row;
    Ok(Room {
        concert_id: ConcertId::new(concert_id),
        settings: RoomSettingsColumns { capacity, admit_per_minute, pass_ttl_ms, show_up_within_ms }
            .read()?,
        status: status_of(&state)?,
        last_number: count("last number", last_number)?,
        now_serving: count("number served", now_serving)?,
        waiting: count("number of people waiting", waiting)?,
        departures: count("number of departures", departures)?,
        throttle: Throttle { next_due },
    })
}

pub(super) async fn lock(
    lease: &Lease,
    footprint: &Footprint,
    rooms: &mut TrackedRows<ConcertId, Room>,
) -> Result<(), Failure> {
    let wanted = footprint.rooms.iter().chain(&footprint.active_counts).chain(&footprint.queue_heads);
    let concert_ids: Vec<Uuid> = wanted.map(|id| id.uuid()).collect();
    if concert_ids.is_empty() {
        return Ok(());
    }
    for row in lease.load(LockRooms { concert_ids }).await? {
        let room = room(row)?;
        rooms.load(room.concert_id, room);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut update = UpdateRooms {
        concert_ids: Vec::new(),
        capacities: Vec::new(),
        rates: Vec::new(),
        states: Vec::new(),
        last_numbers: Vec::new(),
        now_serving: Vec::new(),
        waiting: Vec::new(),
        departures: Vec::new(),
        next_admissions: Vec::new(),
    };
    for room in set.rooms.changed() {
        update.concert_ids.push(room.concert_id.uuid());
        update.capacities.push(i32::try_from(room.settings.capacity.get()).unwrap_or(i32::MAX));
        update.rates.push(rate_column(room.settings.admit_per_minute));
        update.states.push(status_column(room.status));
        update.last_numbers.push(position(room.last_number));
        update.now_serving.push(position(room.now_serving));
        update.waiting.push(position(room.waiting));
        update.departures.push(position(room.departures));
        update.next_admissions.push(room.throttle.next_due);
    }
    if !update.concert_ids.is_empty() {
        lease.execute(update).await?;
    }
    Ok(())
}

use chrono::TimeDelta;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{
    AdmitRate, Capacity, ClosedRoom, LineEnd, Number, Room, RoomFigures, RoomSettings, RoomStatus, Throttle,
};
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::CorruptRow;
use super::columns::{bigint, count, integer};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

row! {
    /// A waiting room, as everybody sees it.
    PublicRoomRow as public_room_columns {
        concert_id: Uuid => SqlUuid,
        capacity: i32 => Integer,
        admit_per_minute: Option<i32> => Nullable<Integer>,
        pass_ttl_ms: i64 => BigInt,
        show_up_within_ms: i64 => BigInt,
        state: String => Text,
        last_number: i64 => BigInt,
        now_serving: i64 => BigInt,
        waiting: i64 => BigInt,
        departures: i64 => BigInt,
        line_ended_at: Option<Timestamp> => Nullable<Timestamptz>,
        line_ended_after: Option<i64> => Nullable<BigInt>,
        line_ended_up_to: Option<i64> => Nullable<BigInt>,
        line_written_up_to: Option<i64> => Nullable<BigInt>,
    }
}

row! {
    /// A waiting room.
    RoomRow as room_columns {
        ..room: PublicRoomRow as public_room_columns,
        next_admission_at: Option<Timestamp> => Nullable<Timestamptz>,
        sold_out: bool => Bool,
        removed_up_to: i64 => BigInt,
    }
}

row! {
    /// A room of a concert whose performances have all started.
    ClosedRoomRow as closed_room_columns {
        concert_id: Uuid => SqlUuid = "room.concert_id",
        last_start: Timestamp => Timestamptz,
    }
}

row! {
    /// A waiting room, and its active passes by whether they have expired.
    FiguresRow as figures_columns {
        ..room: PublicRoomRow as public_room_columns,
        active: i64 => BigInt = "pass.active",
        expired: i64 => BigInt = "pass.expired",
    }
}

statement! {
    /// Reads the figures of rooms.
    FindFigures { concert_id: Vec<Uuid> => Array<SqlUuid> } -> FiguresRow;
    "SELECT ", figures_columns!(room), "
     FROM ", arrays!(named: concert_id), "
     JOIN waiting_rooms AS room ON room.concert_id = named.concert_id
     CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE least(expires_at, show_up_by) > clock_timestamp()) AS active,
                count(*) FILTER (WHERE least(expires_at, show_up_by) <= clock_timestamp()) AS expired
         FROM passes WHERE passes.concert_id = room.concert_id AND passes.state = 'ACTIVE'
     ) AS pass"
}

/// The beginning of a statement that looks into rooms with people: their concerts are `busy`, to which others may be added
/// before the parenthesis is closed.
macro_rules! busy_rooms {
    () => {
        "WITH RECURSIVE occupied AS (
         (SELECT concert_id FROM passes WHERE state = 'ACTIVE' ORDER BY concert_id LIMIT 1)
         UNION ALL
         SELECT (SELECT passes.concert_id FROM passes
                 WHERE passes.state = 'ACTIVE' AND passes.concert_id > occupied.concert_id
                 ORDER BY passes.concert_id LIMIT 1)
         FROM occupied WHERE occupied.concert_id IS NOT NULL
     ), busy AS (
         SELECT concert_id FROM waiting_rooms WHERE somebody_waits
         UNION SELECT concert_id FROM waiting_rooms WHERE line_written_up_to < line_ended_up_to
         UNION SELECT concert_id FROM occupied WHERE concert_id IS NOT NULL"
    };
}

pub(super) use busy_rooms;

statement! {
    /// Reads the figures of every room in which somebody waits or is active or an end of the line is to be written down, and
    /// of the rooms named. The active passes of
    /// the rooms that are `counted` are not counted again.
    FindBusyRooms { concert_id: Vec<Uuid> => Array<SqlUuid>, counted: Vec<Uuid> => Array<SqlUuid> } -> FiguresRow;
    busy_rooms!(), "
         UNION SELECT named.concert_id FROM ", arrays!(named: concert_id), "
     )
     SELECT ", figures_columns!(room), "
     FROM busy
     JOIN waiting_rooms AS room ON room.concert_id = busy.concert_id
     CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE least(expires_at, show_up_by) > clock_timestamp()) AS active,
                count(*) FILTER (WHERE least(expires_at, show_up_by) <= clock_timestamp()) AS expired
         FROM passes
         WHERE passes.concert_id = room.concert_id AND passes.state = 'ACTIVE' AND room.concert_id <> ALL(?)
     ) AS pass"
}

statement! {
    /// Reads rooms from which passes may have to be removed, by when their last performance started.
    FindClosedRooms { started_by: Timestamp => Timestamptz, limit: i64 => BigInt } -> ClosedRoomRow;
    "SELECT ", closed_room_columns!(last), "
     FROM waiting_rooms AS room
     CROSS JOIN LATERAL (
         SELECT max(starts_at) AS last_start FROM performances WHERE performances.concert_id = room.concert_id
     ) AS last
     WHERE room.removed_up_to < room.now_serving AND NOT room.somebody_waits AND last.last_start <= ?
     ORDER BY room.concert_id LIMIT ?"
}

statement! {
    /// Locks waiting rooms.
    LockRooms { concert_ids: Vec<Uuid> => Array<SqlUuid> } -> RoomRow;
    "SELECT ", room_columns!(), "
     FROM waiting_rooms WHERE concert_id = ANY(?) ORDER BY concert_id FOR UPDATE"
}

statement! {
    /// Opens a waiting room.
    InsertRoom {
        concert_id: Uuid => SqlUuid,
        capacity: i32 => Integer,
        admit_per_minute: Option<i32> => Nullable<Integer>,
        pass_ttl_ms: i64 => BigInt,
        show_up_within_ms: i64 => BigInt,
    };
    "INSERT INTO waiting_rooms (concert_id, capacity, admit_per_minute, pass_ttl_ms, show_up_within_ms, state)
     VALUES (?, ?, ?, ?, ?, 'OPEN')"
}

statement! {
    /// Writes changed waiting rooms.
    UpdateRooms {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        capacity: Vec<i32> => Array<Integer>,
        admit_per_minute: Vec<Option<i32>> => Array<Nullable<Integer>>,
        state: Vec<&'static str> => Array<Text>,
        last_number: Vec<i64> => Array<BigInt>,
        now_serving: Vec<i64> => Array<BigInt>,
        waiting: Vec<i64> => Array<BigInt>,
        departures: Vec<i64> => Array<BigInt>,
        next_admission_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        sold_out: Vec<bool> => Array<Bool>,
        line_ended_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        line_ended_after: Vec<Option<i64>> => Array<Nullable<BigInt>>,
        line_ended_up_to: Vec<Option<i64>> => Array<Nullable<BigInt>>,
        line_written_up_to: Vec<Option<i64>> => Array<Nullable<BigInt>>,
        removed_up_to: Vec<i64> => Array<BigInt>,
    };
    "UPDATE waiting_rooms AS room
     SET capacity = new.capacity, admit_per_minute = new.admit_per_minute, state = new.state,
         last_number = new.last_number, now_serving = new.now_serving, waiting = new.waiting,
         departures = new.departures, next_admission_at = new.next_admission_at,
         sold_out = new.sold_out, line_ended_at = new.line_ended_at, line_ended_after = new.line_ended_after,
         line_ended_up_to = new.line_ended_up_to, line_written_up_to = new.line_written_up_to,
         removed_up_to = new.removed_up_to
     FROM ", arrays!(new:
         concert_id, capacity, admit_per_minute, state, last_number, now_serving, waiting, departures,
         next_admission_at, sold_out, line_ended_at, line_ended_after, line_ended_up_to, line_written_up_to,
         removed_up_to
     ), "
     WHERE room.concert_id = new.concert_id"
}

impl PublicRoomRow {
    /// The room's settings.
    fn settings(&self) -> Result<RoomSettings, CorruptRow> {
        let capacity = u32::try_from(self.capacity).ok().and_then(|people| Capacity::parse(people).ok());
        let rate = |rate: i32| {
            let parsed = u32::try_from(rate).ok().and_then(|rate| AdmitRate::parse(rate).ok());
            parsed.ok_or_else(|| CorruptRow::new("admission rate", rate))
        };
        RoomSettings::new(
            capacity.ok_or_else(|| CorruptRow::new("capacity", self.capacity))?,
            self.admit_per_minute.map(rate).transpose()?,
            TimeDelta::milliseconds(self.pass_ttl_ms),
            TimeDelta::milliseconds(self.show_up_within_ms),
        )
        .map_err(|error| CorruptRow::new("waiting room", error))
    }

    /// The room's status.
    fn status(&self) -> Result<RoomStatus, CorruptRow> {
        status(&self.state)
    }

    /// The last end of its line.
    fn line_end(&self) -> Result<Option<LineEnd>, CorruptRow> {
        let Self { line_ended_at, line_ended_after, line_ended_up_to, line_written_up_to, .. } = self;
        line_end(*line_ended_at, *line_ended_after, *line_ended_up_to, *line_written_up_to)
    }

    fn last_number(&self) -> Result<u64, CorruptRow> {
        count("last number", self.last_number)
    }

    fn now_serving(&self) -> Result<u64, CorruptRow> {
        count("number served", self.now_serving)
    }

    fn waiting(&self) -> Result<u64, CorruptRow> {
        count("number of people waiting", self.waiting)
    }

    fn departures(&self) -> Result<u64, CorruptRow> {
        count("number of departures", self.departures)
    }
}

/// A room's status by its state as it is stored.
pub(super) fn status(state: &str) -> Result<RoomStatus, CorruptRow> {
    match state {
        "OPEN" => Ok(RoomStatus::Open),
        "PAUSED" => Ok(RoomStatus::Paused),
        other => Err(CorruptRow::new("state of a waiting room", other)),
    }
}

/// The end of a line by its columns, all of which are there or none.
pub(super) fn line_end(
    at: Option<Timestamp>,
    after: Option<i64>,
    up_to: Option<i64>,
    written_up_to: Option<i64>,
) -> Result<Option<LineEnd>, CorruptRow> {
    let number = |number| Ok(Number::new(count("number of an end of the line", number)?));
    let (Some(at), Some(after), Some(up_to), Some(written)) = (at, after, up_to, written_up_to) else {
        return Ok(None);
    };
    Ok(Some(LineEnd { at, after: number(after)?, up_to: number(up_to)?, written_up_to: number(written)? }))
}

impl TryFrom<RoomRow> for Room {
    type Error = CorruptRow;

    fn try_from(row: RoomRow) -> Result<Self, CorruptRow> {
        let RoomRow { room, next_admission_at, sold_out, removed_up_to } = row;
        Ok(Self {
            concert_id: ConcertId::new(room.concert_id),
            settings: room.settings()?,
            status: room.status()?,
            last_number: room.last_number()?,
            now_serving: room.now_serving()?,
            waiting: room.waiting()?,
            departures: room.departures()?,
            throttle: Throttle { next_due: next_admission_at },
            sold_out,
            line_end: room.line_end()?,
            removed_up_to: count("number of a removed pass", removed_up_to)?,
        })
    }
}

impl From<ClosedRoomRow> for ClosedRoom {
    fn from(ClosedRoomRow { concert_id, last_start }: ClosedRoomRow) -> Self {
        Self { concert_id: ConcertId::new(concert_id), last_start }
    }
}

impl FiguresRow {
    /// The number of people who have left the room's queue so far.
    pub(crate) fn departures(&self) -> Result<u64, CorruptRow> {
        self.room.departures()
    }
}

impl TryFrom<FiguresRow> for RoomFigures {
    type Error = CorruptRow;

    fn try_from(FiguresRow { room, active, expired }: FiguresRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            concert_id: ConcertId::new(room.concert_id),
            settings: room.settings()?,
            status: room.status()?,
            last_number: room.last_number()?,
            now_serving: room.now_serving()?,
            waiting: room.waiting()?,
            active: count("number of active passes", active)?,
            expired: count("number of expired passes", expired)?,
            line_end: room.line_end()?,
        })
    }
}

fn rate_column(rate: Option<AdmitRate>) -> Option<i32> {
    rate.map(|rate| integer(rate.per_minute()))
}

pub(super) const fn status_column(status: RoomStatus) -> &'static str {
    match status {
        RoomStatus::Open => "OPEN",
        RoomStatus::Paused => "PAUSED",
    }
}

/// Opens the waiting room of a concert.
pub(crate) async fn insert(
    lease: &Lease,
    concert_id: ConcertId,
    settings: &RoomSettings,
) -> Result<(), Failure> {
    let insert = InsertRoom {
        concert_id: concert_id.uuid(),
        capacity: integer(settings.capacity.get()),
        admit_per_minute: rate_column(settings.admit_per_minute),
        pass_ttl_ms: settings.pass_ttl().num_milliseconds(),
        show_up_within_ms: settings.show_up_within().num_milliseconds(),
    };
    lease.execute(insert).await?;
    Ok(())
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
        let room = Room::try_from(row)?;
        rooms.load(room.concert_id, room);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut update = UpdateRooms {
        concert_id: Vec::new(),
        capacity: Vec::new(),
        admit_per_minute: Vec::new(),
        state: Vec::new(),
        last_number: Vec::new(),
        now_serving: Vec::new(),
        waiting: Vec::new(),
        departures: Vec::new(),
        next_admission_at: Vec::new(),
        sold_out: Vec::new(),
        line_ended_at: Vec::new(),
        line_ended_after: Vec::new(),
        line_ended_up_to: Vec::new(),
        line_written_up_to: Vec::new(),
        removed_up_to: Vec::new(),
    };
    for room in set.rooms.changed() {
        update.concert_id.push(room.concert_id.uuid());
        update.capacity.push(integer(room.settings.capacity.get()));
        update.admit_per_minute.push(rate_column(room.settings.admit_per_minute));
        update.state.push(status_column(room.status));
        update.last_number.push(bigint(room.last_number));
        update.now_serving.push(bigint(room.now_serving));
        update.waiting.push(bigint(room.waiting));
        update.departures.push(bigint(room.departures));
        update.next_admission_at.push(room.throttle.next_due);
        update.sold_out.push(room.sold_out);
        let number = |of: fn(&LineEnd) -> Number| room.line_end.as_ref().map(|end| bigint(of(end).get()));
        update.line_ended_at.push(room.line_end.map(|end| end.at));
        update.line_ended_after.push(number(|end| end.after));
        update.line_ended_up_to.push(number(|end| end.up_to));
        update.line_written_up_to.push(number(|end| end.written_up_to));
        update.removed_up_to.push(bigint(room.removed_up_to));
    }
    if !update.concert_id.is_empty() {
        lease.execute(update).await?;
    }
    Ok(())
}

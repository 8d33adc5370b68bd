use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use async_trait::async_trait;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::ports::QueueReader;
use seatline_domain::queue::{BoardNews, BoardUpdate, BoardWatermark, Number, PassAt, RoomFigures};
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::Postgres;
use crate::lane::Fetch;
use crate::pool::Pool;
use crate::statement::statement;
use crate::tables::passes::{PassRow, pass};
use crate::tables::{CorruptRow, RoomSettingsColumns, count, position, status_of};

statement! {
    /// Passes by number, and the time.
    FindPasses {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        numbers: Vec<i64> => Array<BigInt>,
    } -> (PassRow, Timestamp) = ((SqlUuid, BigInt, SqlUuid, Text, Timestamptz, Nullable<Timestamptz>,
        Nullable<Timestamptz>, Nullable<Timestamptz>, Nullable<Timestamptz>, Nullable<BigInt>), Timestamptz);
    "SELECT pass.concert_id, pass.number, pass.user_id, pass.state, pass.issued_at, pass.admitted_at,
            pass.expires_at, pass.show_up_by, pass.ended_at, pass.departure, clock_timestamp()
     FROM unnest(?, ?) AS named(concert_id, number)
     JOIN passes AS pass ON pass.concert_id = named.concert_id AND pass.number = named.number"
}

/// The columns of a room's figures: those of its settings, then `state`, `last_number`, `now_serving`, `waiting`,
/// `departures`, and the active and the lapsed passes.
type FiguresRow = (Uuid, i32, Option<i32>, i64, i64, String, i64, i64, i64, i64, i64, i64);

statement! {
    /// The figures of rooms.
    FindFigures { concert_ids: Vec<Uuid> => Array<SqlUuid> }
    -> FiguresRow = (SqlUuid, Integer, Nullable<Integer>, BigInt, BigInt, Text, BigInt, BigInt, BigInt, BigInt,
        BigInt, BigInt);
    "SELECT room.concert_id, room.capacity, room.admit_per_minute, room.pass_ttl_ms, room.show_up_within_ms,
            room.state, room.last_number, room.now_serving, room.waiting, room.departures,
            pass.active, pass.lapsed
     FROM unnest(?) AS named(concert_id)
     JOIN waiting_rooms AS room ON room.concert_id = named.concert_id
     CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE least(expires_at, show_up_by) > clock_timestamp()) AS active,
                count(*) FILTER (WHERE least(expires_at, show_up_by) <= clock_timestamp()) AS lapsed
         FROM passes WHERE passes.concert_id = room.concert_id AND passes.state = 'ACTIVE'
     ) AS pass"
}

statement! {
    /// The time, and until when everything that happened is seen by the statements that follow: until the oldest batch
    /// began that has rows of its own to commit. What it does happens after it has its locks, so one that waits for a
    /// lock does not count; nor does one that is so old that it must have stalled, lest it silence every board.
    ReadHorizon {} -> (Timestamp, Timestamp) = (Timestamptz, Timestamptz);
    "SELECT statement_timestamp(), least(statement_timestamp(), (
         SELECT min(xact_start) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = current_setting('application_name')
               AND backend_xid IS NOT NULL AND wait_event_type IS DISTINCT FROM 'Lock'
               AND xact_start > statement_timestamp() - INTERVAL '5 seconds'
     ))"
}

statement! {
    /// The figures of every room in which somebody waits or is active, and of the rooms named. The active passes of the
    /// rooms that are `counted` are not counted again.
    FindBusyRooms { concert_ids: Vec<Uuid> => Array<SqlUuid>, counted: Vec<Uuid> => Array<SqlUuid> }
    -> FiguresRow = (SqlUuid, Integer, Nullable<Integer>, BigInt, BigInt, Text, BigInt, BigInt, BigInt, BigInt,
        BigInt, BigInt);
    "WITH RECURSIVE occupied AS (
         (SELECT concert_id FROM passes WHERE state = 'ACTIVE' ORDER BY concert_id LIMIT 1)
         UNION ALL
         SELECT (SELECT passes.concert_id FROM passes
                 WHERE passes.state = 'ACTIVE' AND passes.concert_id > occupied.concert_id
                 ORDER BY passes.concert_id LIMIT 1)
         FROM occupied WHERE occupied.concert_id IS NOT NULL
     ), busy AS (
         SELECT concert_id FROM waiting_rooms WHERE somebody_waits
         UNION SELECT concert_id FROM occupied WHERE concert_id IS NOT NULL
         UNION SELECT named.concert_id FROM unnest(?) AS named(concert_id)
     )
     SELECT room.concert_id, room.capacity, room.admit_per_minute, room.pass_ttl_ms, room.show_up_within_ms,
            room.state, room.last_number, room.now_serving, room.waiting, room.departures,
            pass.active, pass.lapsed
     FROM busy
     JOIN waiting_rooms AS room ON room.concert_id = busy.concert_id
     CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE least(expires_at, show_up_by) > clock_timestamp()) AS active,
                count(*) FILTER (WHERE least(expires_at, show_up_by) <= clock_timestamp()) AS lapsed
         FROM passes
         WHERE passes.concert_id = room.concert_id AND passes.state = 'ACTIVE' AND room.concert_id <> ALL(?)
     ) AS pass"
}

/// Reads passes, many at a time.
pub(crate) struct PassesByNumber {
    pub(crate) pool: Pool,
}

#[async_trait]
impl Fetch for PassesByNumber {
    type Key = (ConcertId, Number);
    type Value = PassAt;

    async fn fetch(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, PassAt>, StorageError> {
        let statement = FindPasses {
            concert_ids: keys.iter().map(|(concert_id, _)| concert_id.uuid()).collect(),
            numbers: keys.iter().map(|(_, number)| position(number.get())).collect(),
        };
        let read = |(row, as_of)| {
            let pass = pass(row)?;
            Ok(((pass.concert_id, pass.number), PassAt { pass, as_of }))
        };
        self.pool.load(statement).await?.into_iter().map(read).collect()
    }
}

/// Reads the figures of rooms, many at a time.
pub(crate) struct FiguresByConcert {
    pub(crate) pool: Pool,
}

#[async_trait]
impl Fetch for FiguresByConcert {
    type Key = ConcertId;
    type Value = RoomFigures;

    async fn fetch(&self, keys: Vec<ConcertId>) -> Result<HashMap<ConcertId, RoomFigures>, StorageError> {
        let concert_ids = keys.iter().map(|concert_id| concert_id.uuid()).collect();
        let read = |row| Ok(figures(row).map(|(figures, _)| (figures.concert_id, figures))?);
        self.pool.load(FindFigures { concert_ids }).await?.into_iter().map(read).collect()
    }
}

fn figures(row: FiguresRow) -> Result<(RoomFigures, u64), CorruptRow> {
    let (concert_id, capacity, admit_per_minute, pass_ttl_ms, show_up_within_ms, state, ..) = row;
    let (.., last_number, now_serving, waiting, departures, active, lapsed) = row;
    let figures = RoomFigures {
        concert_id: ConcertId::new(concert_id),
        settings: RoomSettingsColumns { capacity, admit_per_minute, pass_ttl_ms, show_up_within_ms }
            .read()?,
        status: status_of(&state)?,
        last_number: count("last number", last_number)?,
        now_serving: count("number served", now_serving)?,
        waiting: count("number of people waiting", waiting)?,
        active: count("number of active passes", active)?,
        expired: count("number of expired passes", lapsed)?,
    };
    Ok((figures, count("number of departures", departures)?))
}

#[async_trait]
impl QueueReader for Postgres {
    async fn pass(&self, concert_id: ConcertId, number: Number) -> Result<Option<PassAt>, StorageError> {
        self.passes_by_number.get((concert_id, number)).await
    }

    async fn figures(&self, concert_id: ConcertId) -> Result<Option<RoomFigures>, StorageError> {
        self.figures_by_concert.get(concert_id).await
    }

    async fn news(&self, seen: BTreeMap<ConcertId, BoardWatermark>) -> Result<BoardNews, StorageError> {
        let asked = Instant::now();
        let horizon = self.monitoring_pool.load_one(ReadHorizon {}).await?;
        let read_within = asked.elapsed();
        let (read_at, complete_until) = horizon.ok_or_else(|| StorageError::missing("the time"))?;
        let concert_ids = seen.keys().map(|concert_id| concert_id.uuid()).collect();
        let counted = self.active_counts.counted();
        let not_again = counted.keys().map(|concert_id| concert_id.uuid()).collect();
        let rows = self.monitoring_pool.load(FindBusyRooms { concert_ids, counted: not_again }).await?;
        let mut rooms =
            rows.into_iter().map(|row| read_update(row, &seen)).collect::<Result<Vec<_>, CorruptRow>>()?;
        self.active_counts.complete(rooms.iter_mut().map(|update| &mut update.figures), &counted);
        self.metrics.rooms.observe(rooms.iter().map(|update| &update.figures));
        self.add_admissions(&mut rooms, &seen, read_at).await?;
        self.add_departures(&mut rooms, &seen).await?;
        Ok(BoardNews { read_at, read_within, complete_until, rooms })
    }
}

/// A room's update to which its admissions and departures are still to be added.
fn read_update(
    row: FiguresRow,
    seen: &BTreeMap<ConcertId, BoardWatermark>,
) -> Result<BoardUpdate, CorruptRow> {
    let (figures, departures_seen) = figures(row)?;
    let served_before = seen.get(&figures.concert_id).map_or(figures.now_serving, |seen| seen.now_serving);
    Ok(BoardUpdate {
        figures,
        served_before,
        admissions: Vec::new(),
        departures: Vec::new(),
        departures_seen,
    })
}

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{BoardUpdate, Departure, Number, PassAt, QueueReader, RoomFigures};
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::Postgres;
use crate::lane::Fetch;
use crate::pool::Pool;
use crate::statement::statement;
use crate::tables::passes::{PassRow, pass};
use crate::tables::{RoomSettingsColumns, Stored, count, position, status_of};

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
    /// The figures of a room.
    FindFigures { concert_id: Uuid => SqlUuid }
    -> FiguresRow = (SqlUuid, Integer, Nullable<Integer>, BigInt, BigInt, Text, BigInt, BigInt, BigInt, BigInt,
        BigInt, BigInt);
    "SELECT room.concert_id, room.capacity, room.admit_per_minute, room.pass_ttl_ms, room.show_up_within_ms,
            room.state, room.last_number, room.now_serving, room.waiting, room.departures,
            pass.active, pass.lapsed
     FROM waiting_rooms AS room
     CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE least(expires_at, show_up_by) > clock_timestamp()) AS active,
                count(*) FILTER (WHERE least(expires_at, show_up_by) <= clock_timestamp()) AS lapsed
         FROM passes WHERE passes.concert_id = room.concert_id AND passes.state = 'ACTIVE'
     ) AS pass
     WHERE room.concert_id = ?"
}

statement! {
    /// The figures of every room in which somebody waits or is active, and of the rooms named.
    FindBusyRooms { concert_ids: Vec<Uuid> => Array<SqlUuid> }
    -> FiguresRow = (SqlUuid, Integer, Nullable<Integer>, BigInt, BigInt, Text, BigInt, BigInt, BigInt, BigInt,
        BigInt, BigInt);
    "WITH pass AS (
         SELECT concert_id,
                count(*) FILTER (WHERE least(expires_at, show_up_by) > clock_timestamp()) AS active,
                count(*) FILTER (WHERE least(expires_at, show_up_by) <= clock_timestamp()) AS lapsed
         FROM passes WHERE state = 'ACTIVE' GROUP BY concert_id
     ), busy AS (
         SELECT concert_id FROM waiting_rooms WHERE waiting > 0
         UNION SELECT concert_id FROM pass
         UNION SELECT named.concert_id FROM unnest(?) AS named(concert_id)
     )
     SELECT room.concert_id, room.capacity, room.admit_per_minute, room.pass_ttl_ms, room.show_up_within_ms,
            room.state, room.last_number, room.now_serving, room.waiting, room.departures,
            coalesce(pass.active, 0), coalesce(pass.lapsed, 0)
     FROM busy
     JOIN waiting_rooms AS room ON room.concert_id = busy.concert_id
     LEFT JOIN pass ON pass.concert_id = busy.concert_id"
}

statement! {
    /// Departures of rooms after the ones that were seen, of numbers that are still to be served. The number is compared
    /// so that no index on it seems to serve: the rows are found by departure.
    FindDepartures {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        seen: Vec<i64> => Array<BigInt>,
        now_serving: Vec<i64> => Array<BigInt>,
    } -> (Uuid, i64, i64) = (SqlUuid, BigInt, BigInt);
    "SELECT pass.concert_id, pass.departure, pass.number
     FROM unnest(?, ?, ?) AS room(concert_id, seen, now_serving)
     JOIN passes AS pass ON pass.concert_id = room.concert_id AND pass.departure > room.seen
          AND pass.number + 0 > room.now_serving
     ORDER BY pass.concert_id, pass.departure"
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

fn figures(row: FiguresRow) -> Result<(RoomFigures, u64), Stored> {
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
        lapsed: count("number of lapsed passes", lapsed)?,
    };
    Ok((figures, count("number of departures", departures)?))
}

#[async_trait]
impl QueueReader for Postgres {
    async fn pass(&self, concert_id: ConcertId, number: Number) -> Result<Option<PassAt>, StorageError> {
        self.passes_by_number.get((concert_id, number)).await
    }

    async fn figures(&self, concert_id: ConcertId) -> Result<Option<RoomFigures>, StorageError> {
        let row = self.pool.load_one(FindFigures { concert_id: concert_id.uuid() }).await?;
        Ok(row.map(figures).transpose()?.map(|(figures, _)| figures))
    }

    async fn updates(&self, seen: BTreeMap<ConcertId, u64>) -> Result<Vec<BoardUpdate>, StorageError> {
        let concert_ids = seen.keys().map(|concert_id| concert_id.uuid()).collect();
        let rows = self.pool.load(FindBusyRooms { concert_ids }).await?;
        let rooms = rows.into_iter().map(figures).collect::<Result<Vec<_>, Stored>>()?;
        self.metrics.rooms.observe(rooms.iter().map(|(figures, _)| figures));
        let mut behind =
            FindDepartures { concert_ids: Vec::new(), seen: Vec::new(), now_serving: Vec::new() };
        for (figures, departures) in &rooms {
            let seen = seen.get(&figures.concert_id).copied().unwrap_or(0);
            if *departures > seen {
                behind.concert_ids.push(figures.concert_id.uuid());
                behind.seen.push(position(seen));
                behind.now_serving.push(position(figures.now_serving));
            }
        }
        let mut departed: HashMap<Uuid, Vec<Departure>> = HashMap::new();
        if !behind.concert_ids.is_empty() {
            for (concert_id, sequence, number) in self.pool.load(behind).await? {
                let departure = Departure {
                    sequence: count("departure", sequence)?,
                    number: Number::new(count("number of a pass", number)?),
                };
                departed.entry(concert_id).or_default().push(departure);
            }
        }
        let update = |(figures, known): (RoomFigures, u64)| {
            let departures = departed.remove(&figures.concert_id.uuid()).unwrap_or_default();
            let departures_seen = departures.last().map_or(known, |last| last.sequence.max(known));
            BoardUpdate { figures, departures, departures_seen }
        };
        Ok(rooms.into_iter().map(update).collect())
    }
}

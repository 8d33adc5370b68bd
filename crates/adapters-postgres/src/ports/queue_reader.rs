use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{
    Admission, BoardNews, BoardSeen, BoardUpdate, Departure, Number, PassAt, QueueReader, RoomFigures, policy,
};
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
    /// Admissions of rooms after a number and an instant, oldest first, each with the first and the last number.
    FindAdmissions {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        after: Vec<i64> => Array<BigInt>,
        up_to: Vec<i64> => Array<BigInt>,
        since: Vec<Timestamp> => Array<Timestamptz>,
    } -> (Uuid, Timestamp, i64, i64) = (SqlUuid, Timestamptz, BigInt, BigInt);
    "SELECT room.concert_id, step.at, step.first_number, step.last_number
     FROM unnest(?, ?, ?, ?) AS room(concert_id, after, up_to, since)
     CROSS JOIN LATERAL (
         SELECT admitted_at AS at, min(number) AS first_number, max(number) AS last_number FROM passes
         WHERE concert_id = room.concert_id AND number > room.after AND number <= room.up_to
               AND admitted_at >= room.since
         GROUP BY admitted_at
     ) AS step
     ORDER BY room.concert_id, step.at"
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
         SELECT concert_id FROM waiting_rooms WHERE somebody_waits
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
    /// Departures of rooms after the ones that were seen, of numbers beyond those served. The number is compared so that
    /// no index on it seems to serve: the rows are found by departure.
    FindDepartures {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        seen: Vec<i64> => Array<BigInt>,
        served: Vec<i64> => Array<BigInt>,
    } -> (Uuid, i64, i64, Timestamp) = (SqlUuid, BigInt, BigInt, Timestamptz);
    "SELECT room.concert_id, gone.departure, gone.number, gone.ended_at
     FROM unnest(?, ?, ?) AS room(concert_id, seen, served)
     CROSS JOIN LATERAL (
         SELECT departure, number, ended_at FROM passes
         WHERE concert_id = room.concert_id AND departure > room.seen AND number + 0 > room.served
               AND ended_at IS NOT NULL
         ORDER BY departure
     ) AS gone
     ORDER BY room.concert_id, gone.departure"
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
        self.figures_by_concert.get(concert_id).await
    }

    async fn news(&self, seen: BTreeMap<ConcertId, BoardSeen>) -> Result<BoardNews, StorageError> {
        let horizon = self.lookout.load_one(ReadHorizon {}).await?;
        let (read_at, complete_until) = horizon.ok_or_else(|| StorageError::missing("the time"))?;
        let concert_ids = seen.keys().map(|concert_id| concert_id.uuid()).collect();
        let rows = self.lookout.load(FindBusyRooms { concert_ids }).await?;
        let mut rooms =
            rows.into_iter().map(|row| read_update(row, &seen)).collect::<Result<Vec<_>, Stored>>()?;
        self.metrics.rooms.observe(rooms.iter().map(|update| &update.figures));
        self.add_admissions(&mut rooms, &seen, read_at).await?;
        self.add_departures(&mut rooms, &seen).await?;
        Ok(BoardNews { read_at, complete_until, rooms })
    }
}

/// A room's update to which its admissions and departures are still to be added.
fn read_update(row: FiguresRow, seen: &BTreeMap<ConcertId, BoardSeen>) -> Result<BoardUpdate, Stored> {
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

impl Postgres {
    /// How many numbers back a board that is new to a room looks for the admissions of the last moments.
    const LOOK_BACK: u64 = 20_000;

    async fn add_admissions(
        &self,
        rooms: &mut [BoardUpdate],
        seen: &BTreeMap<ConcertId, BoardSeen>,
        as_of: Timestamp,
    ) -> Result<(), StorageError> {
        let mut statement = FindAdmissions {
            concert_ids: Vec::new(),
            after: Vec::new(),
            up_to: Vec::new(),
            since: Vec::new(),
        };
        for update in &*rooms {
            let figures = &update.figures;
            let (after, since) = match seen.get(&figures.concert_id) {
                Some(seen) => (seen.now_serving, Timestamp::UNIX_EPOCH),
                None => (figures.now_serving.saturating_sub(Self::LOOK_BACK), as_of - policy::LAST_MOMENTS),
            };
            if figures.now_serving > after {
                statement.concert_ids.push(figures.concert_id.uuid());
                statement.after.push(position(after));
                statement.up_to.push(position(figures.now_serving));
                statement.since.push(since);
            }
        }
        if statement.concert_ids.is_empty() {
            return Ok(());
        }
        let mut steps: HashMap<Uuid, Vec<(u64, Admission)>> = HashMap::new();
        for (concert_id, at, first, last) in self.lookout.load(statement).await? {
            let up_to = Number::new(count("number of a pass", last)?);
            let step = (count("number of a pass", first)?, Admission { up_to, at });
            steps.entry(concert_id).or_default().push(step);
        }
        for update in rooms {
            let steps = steps.remove(&update.figures.concert_id.uuid()).unwrap_or_default();
            if let (Some((first, _)), false) = (steps.first(), seen.contains_key(&update.figures.concert_id))
            {
                update.served_before = first.saturating_sub(1);
            }
            update.admissions = steps.into_iter().map(|(_, step)| step).collect();
        }
        Ok(())
    }

    async fn add_departures(
        &self,
        rooms: &mut [BoardUpdate],
        seen: &BTreeMap<ConcertId, BoardSeen>,
    ) -> Result<(), StorageError> {
        let mut statement = FindDepartures { concert_ids: Vec::new(), seen: Vec::new(), served: Vec::new() };
        for update in &*rooms {
            let known = seen.get(&update.figures.concert_id).map_or(0, |seen| seen.departures);
            if update.departures_seen > known {
                statement.concert_ids.push(update.figures.concert_id.uuid());
                statement.seen.push(position(known));
                statement.served.push(position(update.served_before));
            }
        }
        if statement.concert_ids.is_empty() {
            return Ok(());
        }
        let mut departed: HashMap<Uuid, Vec<Departure>> = HashMap::new();
        for (concert_id, sequence, number, at) in self.lookout.load(statement).await? {
            let number = Number::new(count("number of a pass", number)?);
            let departure = Departure { sequence: count("departure", sequence)?, number, at };
            departed.entry(concert_id).or_default().push(departure);
        }
        for update in rooms {
            update.departures = departed.remove(&update.figures.concert_id.uuid()).unwrap_or_default();
            let last = update.departures.last().map_or(0, |last| last.sequence);
            update.departures_seen = update.departures_seen.max(last);
        }
        Ok(())
    }
}

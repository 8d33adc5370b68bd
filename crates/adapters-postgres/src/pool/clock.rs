//! The database's time, which never goes back, whichever server tells it and whatever its clock says (ADR-0031).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use chrono::TimeDelta;
use deadpool::managed;
use diesel::sql_types::{BigInt, Nullable, Timestamptz};
use futures::try_join;
use seatline_domain::Timestamp;
use tokio::sync;

use super::connections::Connections;
use super::{Lease, Share};
use crate::failure::Failure;
use crate::metrics::ClockError;
use crate::statement::{row, statement};

row! {
    /// What the clock of a server says, and which server that is: by when it was started.
    ReadingRow as reading_columns {
        now: Timestamp => Timestamptz = "clock_timestamp()",
        server_started_at: Timestamp => Timestamptz = "pg_postmaster_start_time()",
    }
}

row! {
    /// A reservation of time.
    ReservationRow as reservation_columns {
        server_started_at: Timestamp => Timestamptz,
        seen_at: Timestamp => Timestamptz,
        earliest: Timestamp => Timestamptz,
        reserved_until: Timestamp => Timestamptz,
    }
}

statement! {
    /// Reads the clock.
    ReadClock {} -> ReadingRow;
    "SELECT ", reading_columns!()
}

statement! {
    /// Takes turns with all others who reserve time.
    LockClock {} -> i64;
    "SELECT 1::bigint FROM clock WHERE only_row FOR UPDATE"
}

/// The time, for statements that only show what is so.
///
/// * `bound` – before when nothing happens any more, by the one row of `clock`.
/// * `gap` – how long before that nothing has happened: for so long, and for as long as was reserved, those who hear of
///   another server early tell nothing new to those who hear of it late (ADR-0009).
macro_rules! now {
    () => {
        concat!(
            "greatest(clock_timestamp(), (SELECT ",
            $crate::pool::now!(bound),
            " FROM clock WHERE only_row))"
        )
    };
    (bound) => {
        concat!(
            "CASE WHEN clock.server_started_at = pg_postmaster_start_time() THEN clock.earliest
             ELSE clock.reserved_until + ",
            $crate::pool::now!(gap),
            " END"
        )
    };
    (gap) => {
        "INTERVAL '1 second'"
    };
}

pub(crate) use now;

statement! {
    /// Reserves time. Where another server tells it than before, or the clock went back since it was last seen, time goes
    /// on from beyond where the last reservation ends, and nothing happens before that any more.
    ReserveTime {
        seen_of: Option<Timestamp> => Nullable<Timestamptz>,
        seen: Option<Timestamp> => Nullable<Timestamptz>,
        step_max_ms: i64 => BigInt,
        ahead_ms: i64 => BigInt,
    } -> ReservationRow;
    "WITH reading AS MATERIALIZED (
         SELECT clock_timestamp() AS now, pg_postmaster_start_time() AS server, ?::timestamptz AS seen_of,
                ?::timestamptz AS seen, ?::bigint * INTERVAL '1 ms' AS step_max, ?::bigint * INTERVAL '1 ms' AS ahead
     ), change AS MATERIALIZED (
         SELECT now, server, now + ahead AS reserved, server_started_at <> server AS taken_over,
                now < greatest(seen_at, CASE WHEN seen_of = server THEN seen END) - step_max AS set_back,
                reserved_until + ", now!(gap), " AS beyond
         FROM clock CROSS JOIN reading WHERE only_row
     )
     UPDATE clock
     SET server_started_at = change.server, seen_at = change.now,
         earliest = CASE WHEN change.taken_over OR change.set_back THEN change.beyond ELSE clock.earliest END,
         taken_over = change.taken_over OR clock.taken_over AND NOT change.set_back,
         reserved_until = greatest(
             change.reserved, CASE WHEN change.taken_over OR change.set_back THEN change.beyond ELSE reserved_until END)
     FROM change WHERE only_row
     RETURNING ", reservation_columns!(clock)
}

statement! {
    /// Tells the time, for what is only shown.
    TellTime {} -> Timestamp;
    "SELECT ", now!()
}

row! {
    /// The time of a read, and its commit watermark: all that happened before it is seen by the statements that follow.
    ///
    /// The watermark is when the oldest batch of a waiting room's began that has rows of its own to commit; of all that
    /// instances do, only these change what a board tells, and only these go by the name `seatline`. What a batch does
    /// happens after it has its locks, so one that waits for a lock does not count. Nor does one that is so old that it
    /// must have stalled, lest it silence every board. Where time stands still since another server took over, all that
    /// its batches do happens at that time.
    CommitWatermarkRow as commit_watermark_columns {
        now: Timestamp => Timestamptz = "statement_timestamp()",
        read_at: Timestamp => Timestamptz = concat!("greatest(statement_timestamp(), ", now!(bound), ")"),
        complete_until: Timestamp => Timestamptz = concat!(
            "greatest(
                 least(statement_timestamp(), (
                     SELECT min(xact_start) FROM pg_stat_activity
                     WHERE datname = current_database() AND application_name = 'seatline'
                           AND backend_xid IS NOT NULL AND wait_event_type IS DISTINCT FROM 'Lock'
                           AND xact_start > statement_timestamp() - INTERVAL '5 seconds')),
                 CASE WHEN clock.taken_over OR clock.server_started_at <> pg_postmaster_start_time()
                      THEN ", now!(bound), " - INTERVAL '1 microsecond' END)"),
    }
}

statement! {
    /// Tells the time and the commit watermark.
    CommitWatermark {} -> CommitWatermarkRow;
    "SELECT ", commit_watermark_columns!(), " FROM clock WHERE only_row"
}

/// The longest that a reservation reaches ahead. A second longer than this, at most, time stands still when a server is
/// started, or has taken over from one whose clock was right.
const AHEAD: TimeDelta = TimeDelta::seconds(2);
/// A reservation that ends sooner than this is renewed beside the work.
const RENEWED_BEFORE: TimeDelta = TimeDelta::seconds(1);
/// A clock that is behind what was seen of it by no more than this did not go back: answers overtake each other.
const STEP_MAX: TimeDelta = TimeDelta::milliseconds(100);

/// What an instance knows of the reservation of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reservation {
    server_started_at: Timestamp,
    /// The latest that was seen of this server's clock.
    seen_at: Timestamp,
    earliest: Timestamp,
    reserved_until: Timestamp,
}

impl Reservation {
    /// Tells whether a clock that was read goes on from what is known.
    fn is_of(&self, reading: &ReadingRow) -> bool {
        reading.server_started_at == self.server_started_at && reading.now >= self.seen_at - STEP_MAX
    }

    /// Tells whether what happens at this time may be committed.
    fn covers(&self, reading: &ReadingRow) -> bool {
        self.is_of(reading) && reading.now <= self.reserved_until
    }

    /// The time, when a clock says this.
    fn time(&self, now: Timestamp) -> Timestamp {
        now.max(self.earliest)
    }
}

#[derive(Debug, Default)]
struct Known {
    reservation: Option<Reservation>,
    /// By how much the database's clock is ahead of this instance's.
    offset: TimeDelta,
}

/// The database's time. What is committed never has an instant beyond what was reserved before, so that whoever takes over
/// can go on from there.
pub(crate) struct Clock {
    /// Of their own: whoever waits for time must not wait for those who have time and wait for a connection.
    connections: managed::Pool<Connections>,
    known: Mutex<Known>,
    renewing: Arc<sync::Mutex<()>>,
}

impl Clock {
    pub(super) fn new(connections: managed::Pool<Connections>) -> Arc<Self> {
        Arc::new(Self { connections, known: Mutex::default(), renewing: Arc::default() })
    }

    /// How far the clocks are off, by when they were last looked at.
    pub(crate) fn error(&self) -> ClockError {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Timestamp::from(SystemTime::now()) + known.offset;
        let behind = known.reservation.map_or_else(TimeDelta::zero, |known| known.earliest - now);
        ClockError { behind: behind.max(TimeDelta::zero()), offset: known.offset }
    }

    /// Takes note of what the database's clock says now.
    pub(crate) fn look_at(&self, now: Timestamp) {
        let offset = now - Timestamp::from(SystemTime::now());
        self.known.lock().unwrap_or_else(PoisonError::into_inner).offset = offset;
    }

    /// The time for what this lease's transaction commits: nothing that has happened has happened after it.
    pub(crate) async fn time(self: &Arc<Self>, lease: &Lease) -> Result<Timestamp, Failure> {
        let reading = read(lease).await?;
        let reservation = match self.observe(&reading) {
            Some(known) if known.covers(&reading) => known,
            _ => self.renew(&reading).await?,
        };
        if reservation.server_started_at != reading.server_started_at {
            return Err(Failure::ConnectionLost("another server tells the time now".into()));
        }
        if reservation.reserved_until - reading.now < RENEWED_BEFORE {
            self.renew_beside(reading.now);
        }
        Ok(reservation.time(reading.now))
    }

    /// Takes note of a clock that was read; gives what is known.
    fn observe(&self, reading: &ReadingRow) -> Option<Reservation> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reservation) = known.reservation.as_mut().filter(|known| known.is_of(reading)) {
            reservation.seen_at = reservation.seen_at.max(reading.now);
        }
        known.reservation
    }

    /// Renews the reservation while nobody waits for it, unless somebody does so already.
    fn renew_beside(self: &Arc<Self>, now: Timestamp) {
        let Ok(turn) = self.renewing.clone().try_lock_owned() else { return };
        let clock = self.clone();
        tokio::spawn(async move {
            let _turn = turn;
            if let Err(failure) = clock.reserve(now).await {
                tracing::debug!(?failure, "no time was reserved");
            }
        });
    }

    /// Renews the reservation, unless somebody has done so since.
    async fn renew(self: &Arc<Self>, reading: &ReadingRow) -> Result<Reservation, Failure> {
        let _turn = self.renewing.lock().await;
        match self.observe(reading) {
            Some(known) if known.covers(reading) => Ok(known),
            _ => self.reserve(reading.now).await,
        }
    }

    /// Reserves time, over a connection of the clock's own. One that turns out to be dead is replaced once.
    async fn reserve(self: &Arc<Self>, now: Timestamp) -> Result<Reservation, Failure> {
        let reserved = match self.reserve_once().await {
            Err(Failure::ConnectionLost(_)) => {
                drop(self.connections.retain(|_, _| false));
                self.reserve_once().await
            }
            reserved => reserved,
        };
        // Whether this was committed or not: what waits for it was not.
        let unreserved = |failure| Failure::Unavailable(format!("no time could be reserved: {failure:?}"));
        let reserved = reserved.map_err(unreserved)?;
        let ReservationRow { server_started_at, seen_at, earliest, reserved_until } = reserved;
        let reservation = Reservation { server_started_at, seen_at, earliest, reserved_until };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.reservation.is_some_and(|known| known.earliest < earliest) {
            let behind = earliest - now;
            tracing::warn!(%earliest, %behind, "the database's clock is not the one of before; time goes on where it was");
        }
        known.reservation = Some(reservation);
        Ok(reservation)
    }

    async fn reserve_once(self: &Arc<Self>) -> Result<ReservationRow, Failure> {
        let connection = self.connections.get().await;
        let connection = connection.map_err(|error| Failure::Unavailable(error.to_string()))?;
        let mut lease = Lease::new(connection, Share::Upkeep.answer_timeout());
        lease.begin().await?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).reservation;
        let reserve = ReserveTime {
            seen_of: known.map(|known| known.server_started_at),
            seen: known.map(|known| known.seen_at),
            step_max_ms: STEP_MAX.num_milliseconds(),
            ahead_ms: AHEAD.num_milliseconds(),
        };
        let reserved = try_join!(lease.load(LockClock {}), lease.load(reserve)).map(|(_, reserved)| reserved);
        let reserved = lease.finish(reserved).await?;
        reserved.into_iter().next().ok_or_else(|| Failure::Broken("the clock's row is missing".into()))
    }
}

/// The time for what is only shown.
pub(crate) async fn time_of_read(lease: &Lease) -> Result<Timestamp, Failure> {
    let time = lease.load(TellTime {}).await?.into_iter().next();
    time.ok_or_else(|| Failure::Broken("the database tells no time".into()))
}

async fn read(lease: &Lease) -> Result<ReadingRow, Failure> {
    let rows = lease.load(ReadClock {}).await?;
    rows.into_iter().next().ok_or_else(|| Failure::Broken("the database tells no time".into()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use seatline_test_support::TestDatabase;

    use super::*;
    use crate::migrate;
    use crate::pool::{ConnectionSettings, Pool, Shares};

    async fn migrated() -> TestDatabase {
        TestDatabase::create(|url| async move { drop(migrate(&url).await.unwrap()) }).await
    }

    /// The connections of an instance that has just been started.
    fn instance(database: &TestDatabase) -> Pool {
        let settings =
            ConnectionSettings { url: database.url().into(), pool_size: 4, wait: Duration::from_secs(5) };
        Shares::new(&settings).unwrap().booking
    }

    async fn time(pool: &Pool) -> Timestamp {
        pool.clock().time(&pool.lease().await.unwrap()).await.unwrap()
    }

    async fn stored(database: &TestDatabase, column: &str) -> Timestamp {
        let text = format!("SELECT to_json({column})#>>'{{}}' FROM clock");
        database.query(&text).await[0].parse().unwrap()
    }

    #[tokio::test]
    async fn time_that_was_reserved_is_renewed_before_it_ends() {
        let database = migrated().await;
        database.execute("UPDATE clock SET reserved_until = earliest").await;
        let instance = instance(&database);
        let first = time(&instance).await;
        let reserved = stored(&database, "reserved_until").await;
        assert!(first < reserved && reserved <= first + AHEAD + TimeDelta::seconds(1), "{first} {reserved}");
        assert_eq!(stored(&database, "reserved_until").await, reserved, "there is time left");
        tokio::time::sleep((AHEAD - RENEWED_BEFORE).to_std().unwrap()).await;
        time(&instance).await;
        while stored(&database, "reserved_until").await == reserved {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_server_whose_clock_is_behind_goes_on_where_the_one_before_may_have_been() {
        let database = migrated().await;
        database
            .execute(
                "UPDATE clock SET server_started_at = '2026-01-01', seen_at = clock_timestamp() + INTERVAL '1 hour',
                                  reserved_until = clock_timestamp() + INTERVAL '1 hour 2 seconds'",
            )
            .await;
        let beyond = stored(&database, "reserved_until").await + TimeDelta::seconds(1);
        let (one, other) = (instance(&database), instance(&database));
        let told = time_of_read(&one.lease().await.unwrap()).await.unwrap();
        assert_eq!(told, beyond, "before anything has happened, too");
        for instance in [&one, &other] {
            assert_eq!(time(instance).await, beyond, "time stands still");
            assert_eq!(time_of_read(&instance.lease().await.unwrap()).await.unwrap(), beyond);
        }
        assert_eq!(stored(&database, "reserved_until").await, beyond, "the next one goes on from there");
        let watermark = one.load_one(CommitWatermark {}).await.unwrap().unwrap();
        assert_eq!(
            (watermark.read_at, watermark.complete_until),
            (beyond, beyond - TimeDelta::microseconds(1))
        );
    }

    #[tokio::test]
    async fn a_clock_that_was_set_back_does_not_set_time_back() {
        let database = migrated().await;
        database
            .execute(
                "UPDATE clock SET seen_at = clock_timestamp() + INTERVAL '1 minute',
                  reserved_until = clock_timestamp() + INTERVAL '1 minute 2 seconds'",
            )
            .await;
        let (before, until) =
            (stored(&database, "clock_timestamp()").await, stored(&database, "reserved_until").await);
        let beyond = until + TimeDelta::seconds(1);
        let instance = instance(&database);
        assert_eq!(time(&instance).await, beyond);
        // Batches may have begun before that have not committed: nothing is complete until the clock is there again.
        let watermark = instance.load_one(CommitWatermark {}).await.unwrap().unwrap();
        assert_eq!(watermark.read_at, beyond);
        assert!(
            before < watermark.complete_until && watermark.complete_until < before + TimeDelta::seconds(30)
        );
    }

    #[tokio::test]
    async fn a_clock_that_goes_on_is_taken_as_it_is() {
        let database = migrated().await;
        let (one, other) = (instance(&database), instance(&database));
        let earliest = stored(&database, "earliest").await;
        let mut last = time(&one).await;
        for instance in [&other, &one, &other, &one] {
            let now = time(instance).await;
            assert!(last < now, "{last} {now}");
            last = now;
        }
        assert_eq!(stored(&database, "earliest").await, earliest);
    }

    /// Answers overtake each other: an earlier one that is read later is no clock that went back.
    #[test]
    fn a_clock_is_behind_by_more_than_answers_overtake_each_other() {
        let second = |seconds| Timestamp::from_timestamp(seconds, 0).unwrap();
        let reservation = Reservation {
            server_started_at: second(1),
            seen_at: second(100),
            earliest: second(90),
            reserved_until: second(102),
        };
        let reading = |now, server| ReadingRow { now, server_started_at: second(server) };
        let (step, little) = (STEP_MAX, TimeDelta::milliseconds(1));
        assert!(reservation.covers(&reading(second(100) - step, 1)));
        assert!(!reservation.covers(&reading(second(100) - step - little, 1)));
        assert!(!reservation.covers(&reading(second(100), 2)), "another server");
        assert!(reservation.covers(&reading(second(102), 1)));
        assert!(!reservation.covers(&reading(second(102) + little, 1)), "beyond what is reserved");
        assert_eq!(reservation.time(second(80)), second(90));
        assert_eq!(reservation.time(second(95)), second(95));
    }
}

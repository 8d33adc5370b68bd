use async_trait::async_trait;
use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use moka::sync::Cache;
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::concert::{Concert, Performance, PerformanceAvailability, SeatLimit, Title, Venue};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Programme;
use seatline_domain::seat::SalesOfPerformance;
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::Postgres;
use crate::statement::statement;
use crate::tables::{CorruptRow, amount, count};

/// `concert_id`, `title`, `venue`, `timezone`, `max_seats_per_user`.
type ConcertRow = (Uuid, String, String, String, i32);

/// `performance_id`, `concert_id`, `date`, `starts_at`, `sales_open_at`, `total_seats`, `price_from`, `price_to`.
type PerformanceRow = (Uuid, Uuid, NaiveDate, Timestamp, Option<Timestamp>, i32, Decimal, Decimal);

statement! {
    /// One page of concerts.
    FindConcertsAfter {
        after: Uuid => SqlUuid,
        limit: i64 => BigInt,
    } -> ConcertRow = (SqlUuid, Text, Text, Text, Integer);
    "SELECT concert_id, title, venue, timezone, max_seats_per_user
     FROM concerts WHERE concert_id > ? ORDER BY concert_id LIMIT ?"
}

statement! {
    /// One concert.
    FindConcert { concert_id: Uuid => SqlUuid } -> ConcertRow = (SqlUuid, Text, Text, Text, Integer);
    "SELECT concert_id, title, venue, timezone, max_seats_per_user FROM concerts WHERE concert_id = ?"
}

statement! {
    /// One performance.
    FindPerformance { performance_id: Uuid => SqlUuid }
    -> PerformanceRow = (SqlUuid, SqlUuid, Date, Timestamptz, Nullable<Timestamptz>, Integer, Numeric, Numeric);
    "SELECT performance_id, concert_id, date, starts_at, sales_open_at, total_seats, price_from, price_to
     FROM performances WHERE performance_id = ?"
}

statement! {
    /// The performances on one date of a concert.
    FindPerformancesOn {
        concert_id: Uuid => SqlUuid,
        date: NaiveDate => Date,
    } -> PerformanceRow = (SqlUuid, SqlUuid, Date, Timestamptz, Nullable<Timestamptz>, Integer, Numeric, Numeric);
    "SELECT performance_id, concert_id, date, starts_at, sales_open_at, total_seats, price_from, price_to
     FROM performances WHERE concert_id = ? AND date = ? ORDER BY starts_at, performance_id"
}

statement! {
    /// One page of a concert's performances with their free seats, and the time.
    FindPerformancesAfter {
        concert_id: Uuid => SqlUuid,
        date: Option<NaiveDate> => Nullable<Date>,
        after: Option<Uuid> => Nullable<SqlUuid>,
        limit: i64 => BigInt,
    } -> (PerformanceRow, i64, Timestamp) = ((SqlUuid, SqlUuid, Date, Timestamptz, Nullable<Timestamptz>, Integer,
        Numeric, Numeric), BigInt, Timestamptz);
    "WITH asked AS (SELECT ? AS concert_id, ? AS date, ? AS after, clock_timestamp() AS now)
     SELECT performance.performance_id, performance.concert_id, performance.date, performance.starts_at,
            performance.sales_open_at, performance.total_seats, performance.price_from, performance.price_to,
            performance.total_seats - (
                SELECT count(*) FROM reservation_seats AS owner
                WHERE owner.performance_id = performance.performance_id AND owner.live
                  AND (owner.state = 'SOLD' OR owner.held_until > asked.now)
            ) - (
                SELECT count(*) FROM seats AS seat
                WHERE seat.performance_id = performance.performance_id AND seat.blocked AND NOT EXISTS (
                    SELECT FROM reservation_seats AS owner
                    WHERE owner.performance_id = seat.performance_id AND owner.seat_number = seat.number
                      AND owner.live
                      AND (owner.state = 'SOLD' OR owner.held_until > asked.now))
            ),
            asked.now
     FROM asked
     JOIN performances AS performance ON performance.concert_id = asked.concert_id
     LEFT JOIN performances AS previous ON previous.performance_id = asked.after
     WHERE (asked.date IS NULL OR performance.date = asked.date)
       AND (asked.after IS NULL
            OR (performance.starts_at, performance.performance_id) > (previous.starts_at, previous.performance_id))
     ORDER BY performance.starts_at, performance.performance_id LIMIT ?"
}

/// `performance_id`, `starts_at`, `available`, `held`, `sold`, `blocked`, `revenue`.
type SalesRow = (Uuid, Timestamp, i64, i64, i64, i64, Decimal);

statement! {
    /// What was sold of a concert's performances.
    FindSales { concert_id: Uuid => SqlUuid }
    -> SalesRow = (SqlUuid, Timestamptz, BigInt, BigInt, BigInt, BigInt, Numeric);
    "SELECT performance.performance_id, performance.starts_at,
            performance.total_seats - blocked.seats - owned.held - owned.sold, owned.held, owned.sold, blocked.seats,
            owned.revenue
     FROM performances AS performance
     CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE owner.state = 'HELD') AS held,
                count(*) FILTER (WHERE owner.state = 'SOLD') AS sold,
                coalesce(sum(owner.price) FILTER (WHERE owner.state = 'SOLD'), 0) AS revenue
         FROM reservation_seats AS owner
         WHERE owner.performance_id = performance.performance_id AND owner.live
           AND (owner.state = 'SOLD' OR owner.held_until > statement_timestamp())
     ) AS owned
     CROSS JOIN LATERAL (
         SELECT count(*) AS seats FROM seats AS seat
         WHERE seat.performance_id = performance.performance_id AND seat.blocked AND NOT EXISTS (
             SELECT FROM reservation_seats AS owner
             WHERE owner.performance_id = seat.performance_id AND owner.seat_number = seat.number
               AND owner.live
               AND (owner.state = 'SOLD' OR owner.held_until > statement_timestamp()))
     ) AS blocked
     WHERE performance.concert_id = ?
     ORDER BY performance.starts_at, performance.performance_id"
}

/// Concerts and performances never change once they are on the programme; those that were read are remembered.
pub(crate) struct ProgrammeCache {
    concerts: Cache<ConcertId, Concert>,
    performances: Cache<PerformanceId, Performance>,
}

impl ProgrammeCache {
    /// How many concerts, and how many performances, are remembered.
    const REMEMBERED: u64 = 20_000;
}

impl Default for ProgrammeCache {
    fn default() -> Self {
        Self { concerts: Cache::new(Self::REMEMBERED), performances: Cache::new(Self::REMEMBERED) }
    }
}

fn concert(row: ConcertRow) -> Result<Concert, CorruptRow> {
    let (id, title, venue, timezone, limit) = row;
    let limit = u32::try_from(limit).ok().and_then(|limit| SeatLimit::parse(limit).ok());
    Ok(Concert {
        id: ConcertId::new(id),
        title: Title::parse(&title).map_err(|_| CorruptRow::wrong("title", title))?,
        venue: Venue::parse(&venue).map_err(|_| CorruptRow::wrong("venue", venue))?,
        timezone: timezone.parse().map_err(|_| CorruptRow::wrong("time zone", timezone))?,
        max_seats_per_user: limit.ok_or_else(|| CorruptRow::wrong("seats per user", id))?,
    })
}

fn performance(row: PerformanceRow) -> Result<Performance, CorruptRow> {
    let (id, concert_id, date, starts_at, sales_open_at, total_seats, price_from, price_to) = row;
    Ok(Performance {
        id: PerformanceId::new(id),
        concert_id: ConcertId::new(concert_id),
        date,
        starts_at,
        sales_open_at,
        total_seats: count("number of seats", total_seats.into())?,
        price_from: amount("lowest price", price_from)?,
        price_to: amount("highest price", price_to)?,
    })
}

fn sales(row: SalesRow) -> Result<SalesOfPerformance, CorruptRow> {
    let (performance_id, starts_at, available, held, sold, blocked, revenue) = row;
    Ok(SalesOfPerformance {
        performance_id: PerformanceId::new(performance_id),
        starts_at,
        available: count("number of free seats", available)?,
        held: count("number of held seats", held)?,
        sold: count("number of sold seats", sold)?,
        blocked: count("number of blocked seats", blocked)?,
        revenue: amount("revenue", revenue)?,
    })
}

#[async_trait]
impl Programme for Postgres {
    async fn concerts(&self, page: PageRequest<ConcertId>) -> Result<Page<Concert, ConcertId>, StorageError> {
        let after = page.after.map_or(Uuid::nil(), ConcertId::uuid);
        let limit = i64::from(page.limit.get()) + 1;
        let rows = self.pool.load(FindConcertsAfter { after, limit }).await?;
        let concerts = rows.into_iter().map(concert).collect::<Result<Vec<_>, CorruptRow>>()?;
        Ok(Page::from_surplus(concerts, page.limit, |last| last.id))
    }

    async fn concert(&self, id: ConcertId) -> Result<Option<Concert>, StorageError> {
        if let Some(known) = self.programme.concerts.get(&id) {
            return Ok(Some(known));
        }
        let found = self.pool.load_one(FindConcert { concert_id: id.uuid() }).await?;
        let found = found.map(concert).transpose()?;
        if let Some(concert) = &found {
            self.programme.concerts.insert(id, concert.clone());
        }
        Ok(found)
    }

    async fn performance(&self, id: PerformanceId) -> Result<Option<Performance>, StorageError> {
        if let Some(known) = self.programme.performances.get(&id) {
            return Ok(Some(known));
        }
        let found = self.pool.load_one(FindPerformance { performance_id: id.uuid() }).await?;
        let found = found.map(performance).transpose()?;
        if let Some(performance) = &found {
            self.programme.performances.insert(id, performance.clone());
        }
        Ok(found)
    }

    async fn performances(
        &self,
        concert_id: ConcertId,
        date: Option<NaiveDate>,
        page: PageRequest<PerformanceId>,
    ) -> Result<Page<PerformanceAvailability, PerformanceId>, StorageError> {
        let statement = FindPerformancesAfter {
            concert_id: concert_id.uuid(),
            date,
            after: page.after.map(PerformanceId::uuid),
            limit: i64::from(page.limit.get()) + 1,
        };
        let read = |(row, available, as_of)| {
            let (performance, available_seats) =
                (performance(row)?, count("number of free seats", available)?);
            Ok(PerformanceAvailability { performance, available_seats, as_of })
        };
        let rows = self.pool.load(statement).await?;
        let performances = rows.into_iter().map(read).collect::<Result<Vec<_>, CorruptRow>>()?;
        Ok(Page::from_surplus(performances, page.limit, |last| last.performance.id))
    }

    async fn performances_on(
        &self,
        concert_id: ConcertId,
        date: NaiveDate,
    ) -> Result<Vec<Performance>, StorageError> {
        let rows = self.pool.load(FindPerformancesOn { concert_id: concert_id.uuid(), date }).await?;
        Ok(rows.into_iter().map(performance).collect::<Result<_, CorruptRow>>()?)
    }

    async fn sales(&self, concert_id: ConcertId) -> Result<Vec<SalesOfPerformance>, StorageError> {
        let rows = self.pool.load(FindSales { concert_id: concert_id.uuid() }).await?;
        Ok(rows.into_iter().map(sales).collect::<Result<_, CorruptRow>>()?)
    }
}

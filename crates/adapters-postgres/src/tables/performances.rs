use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, Numeric, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::concert::{Performance, PerformanceAvailability};
use seatline_domain::id::{ConcertId, PerformanceId};
use uuid::Uuid;

use super::CorruptRow;
use super::columns::{amount, count, integer};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{row, statement};

row! {
    /// A performance.
    PerformanceRow as performance_columns {
        performance_id: Uuid => SqlUuid,
        concert_id: Uuid => SqlUuid,
        date: NaiveDate => Date,
        starts_at: Timestamp => Timestamptz,
        sales_open_at: Option<Timestamp> => Nullable<Timestamptz>,
        total_seats: i32 => Integer,
        price_from: Decimal => Numeric,
        price_to: Decimal => Numeric,
    }
}

row! {
    /// A performance, the number of its free seats, and the time.
    AvailabilityRow as availability_columns {
        ..performance: PerformanceRow as performance_columns,
        available: i64 => BigInt = "performance.total_seats - (
                SELECT count(*) FROM reservation_seats AS owner
                WHERE owner.performance_id = performance.performance_id AND owner.live
                  AND (owner.state = 'SOLD' OR owner.held_until > page.now)
            ) - (
                SELECT count(*) FROM seats AS seat
                WHERE seat.performance_id = performance.performance_id AND seat.blocked AND NOT EXISTS (
                    SELECT FROM reservation_seats AS owner
                    WHERE owner.performance_id = seat.performance_id AND owner.seat_number = seat.number
                      AND owner.live
                      AND (owner.state = 'SOLD' OR owner.held_until > page.now))
            )",
        as_of: Timestamp => Timestamptz = "page.now",
    }
}

statement! {
    /// Reads one performance.
    FindPerformance { performance_id: Uuid => SqlUuid } -> PerformanceRow;
    "SELECT ", performance_columns!(), " FROM performances WHERE performance_id = ?"
}

statement! {
    /// Reads the performances on one date of a concert.
    FindPerformancesOn {
        concert_id: Uuid => SqlUuid,
        date: NaiveDate => Date,
    } -> PerformanceRow;
    "SELECT ", performance_columns!(), "
     FROM performances WHERE concert_id = ? AND date = ? ORDER BY starts_at, performance_id"
}

statement! {
    /// Reads one page of a concert's performances with the numbers of their free seats.
    FindPerformancesAfter {
        concert_id: Uuid => SqlUuid,
        date: Option<NaiveDate> => Nullable<Date>,
        after: Option<Uuid> => Nullable<SqlUuid>,
        limit: i64 => BigInt,
    } -> AvailabilityRow;
    "WITH page AS (SELECT ? AS concert_id, ? AS date, ? AS after, clock_timestamp() AS now)
     SELECT ", availability_columns!(performance), "
     FROM page
     JOIN performances AS performance ON performance.concert_id = page.concert_id
     LEFT JOIN performances AS previous ON previous.performance_id = page.after
     WHERE (page.date IS NULL OR performance.date = page.date)
       AND (page.after IS NULL
            OR (performance.starts_at, performance.performance_id) > (previous.starts_at, previous.performance_id))
     ORDER BY performance.starts_at, performance.performance_id LIMIT ?"
}

statement! {
    /// Adds a performance, if there is such a concert.
    InsertPerformance {
        performance_id: Uuid => SqlUuid,
        date: NaiveDate => Date,
        starts_at: Timestamp => Timestamptz,
        sales_open_at: Option<Timestamp> => Nullable<Timestamptz>,
        total_seats: i32 => Integer,
        price_from: Decimal => Numeric,
        price_to: Decimal => Numeric,
        concert_id: Uuid => SqlUuid,
    };
    "INSERT INTO performances (", performance_columns!(), ")
     SELECT ?, concert_id, ?, ?, ?, ?, ?, ? FROM concerts WHERE concert_id = ?"
}

impl TryFrom<PerformanceRow> for Performance {
    type Error = CorruptRow;

    fn try_from(row: PerformanceRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            id: PerformanceId::new(row.performance_id),
            concert_id: ConcertId::new(row.concert_id),
            date: row.date,
            starts_at: row.starts_at,
            sales_open_at: row.sales_open_at,
            total_seats: count("number of seats", row.total_seats.into())?,
            price_from: amount("lowest price", row.price_from)?,
            price_to: amount("highest price", row.price_to)?,
        })
    }
}

impl TryFrom<AvailabilityRow> for PerformanceAvailability {
    type Error = CorruptRow;

    fn try_from(row: AvailabilityRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            performance: row.performance.try_into()?,
            available_seats: count("number of free seats", row.available)?,
            as_of: row.as_of,
        })
    }
}

/// Adds a performance, if there is such a concert. Gives whether there is.
pub(crate) async fn insert(lease: &Lease, performance: &Performance) -> Result<bool, Failure> {
    let insert = InsertPerformance {
        performance_id: performance.id.uuid(),
        date: performance.date,
        starts_at: performance.starts_at,
        sales_open_at: performance.sales_open_at,
        total_seats: integer(performance.total_seats),
        price_from: performance.price_from.decimal(),
        price_to: performance.price_to.decimal(),
        concert_id: performance.concert_id.uuid(),
    };
    Ok(lease.execute(insert).await? > 0)
}

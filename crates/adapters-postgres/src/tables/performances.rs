use std::str::FromStr;

use chrono::NaiveDate;
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Jsonb, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid,
};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::audit::Reason;
use seatline_domain::concert::{Cancellation, Performance, PerformanceCursor, PerformanceFilter};
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::page::PageRequest;
use seatline_domain::seat::SectionPrices;
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::CorruptRow;
use super::columns::{amount, count, integer};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

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
        sales_close_at: Option<Timestamp> => Nullable<Timestamptz>,
        refundable_until: Option<Timestamp> => Nullable<Timestamptz>,
        cancelled_at: Option<Timestamp> => Nullable<Timestamptz>,
        cancel_reason: Option<String> => Nullable<Text>,
        refunded_at: Option<Timestamp> => Nullable<Timestamptz>,
        section_prices: Option<Value> => Nullable<Jsonb>,
    }
}

statement! {
    /// Reads performances.
    FindPerformances { performance_ids: Vec<Uuid> => Array<SqlUuid> } -> PerformanceRow;
    "SELECT ", performance_columns!(), " FROM performances WHERE performance_id = ANY(?)"
}

statement! {
    /// Reads the performances on dates of concerts, in their order. A day anywhere on earth is within three days of UTC: the
    /// index finds these.
    FindPerformancesOn {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        date: Vec<NaiveDate> => Array<Date>,
    } -> PerformanceRow;
    "SELECT ", performance_columns!(performance), "
     FROM ", arrays!(named: concert_id, date), "
     JOIN performances AS performance ON performance.concert_id = named.concert_id
     WHERE performance.date = named.date
       AND performance.starts_at >= (named.date - 1)::timestamp AT TIME ZONE 'UTC'
       AND performance.starts_at < (named.date + 2)::timestamp AT TIME ZONE 'UTC'
     ORDER BY performance.starts_at, performance.sequence"
}

statement! {
    /// Reads one page of a concert's performances. The index is entered behind the cursor, or behind those that have
    /// started, and near the date.
    FindPerformancesAfter {
        concert_id: Uuid => SqlUuid,
        date: Option<NaiveDate> => Nullable<Date>,
        upcoming: bool => Bool,
        after_start: Option<Timestamp> => Nullable<Timestamptz>,
        after_id: Option<Uuid> => Nullable<SqlUuid>,
        limit: i64 => BigInt,
    } -> PerformanceRow;
    "WITH asked AS (
         SELECT ? AS concert_id, ? AS date, ? AS upcoming, ? AS after_start, ? AS after_id, clock_timestamp() AS now
     ), page AS (
         SELECT asked.concert_id, asked.date,
                greatest(asked.after_start, CASE WHEN asked.upcoming THEN asked.now END,
                         (asked.date - 1)::timestamp AT TIME ZONE 'UTC', '-infinity') AS first_start,
                CASE WHEN asked.after_start >= asked.now OR NOT asked.upcoming
                     THEN coalesce((SELECT sequence FROM performances WHERE performance_id = asked.after_id), 0)
                     ELSE 9223372036854775807 END AS after_sequence,
                coalesce((asked.date + 2)::timestamp AT TIME ZONE 'UTC', 'infinity') AS end_start
         FROM asked
     )
     SELECT ", performance_columns!(performance), "
     FROM page
     CROSS JOIN LATERAL (
         SELECT * FROM performances AS one
         WHERE one.concert_id = page.concert_id
           AND (one.starts_at, one.sequence) > (page.first_start, page.after_sequence)
           AND one.starts_at < page.end_start
           AND (page.date IS NULL OR one.date = page.date)
         ORDER BY one.starts_at, one.sequence LIMIT ?
     ) AS performance
     ORDER BY performance.starts_at, performance.sequence"
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
        sales_close_at: Option<Timestamp> => Nullable<Timestamptz>,
        refundable_until: Option<Timestamp> => Nullable<Timestamptz>,
        section_prices: Option<Value> => Nullable<Jsonb>,
        concert_id: Uuid => SqlUuid,
    };
    "INSERT INTO performances (", performance_columns!(), ")
     SELECT ?, concert_id, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, ? FROM concerts WHERE concert_id = ?"
}

statement! {
    /// Writes changed performances.
    UpdatePerformances {
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        date: Vec<NaiveDate> => Array<Date>,
        starts_at: Vec<Timestamp> => Array<Timestamptz>,
        sales_open_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        sales_close_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        refundable_until: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        cancelled_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        cancel_reason: Vec<Option<String>> => Array<Nullable<Text>>,
        refunded_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
        price_from: Vec<Decimal> => Array<Numeric>,
        price_to: Vec<Decimal> => Array<Numeric>,
        section_prices: Vec<Option<Value>> => Array<Nullable<Jsonb>>,
    };
    "UPDATE performances AS performance
     SET date = new.date, starts_at = new.starts_at, sales_open_at = new.sales_open_at,
         sales_close_at = new.sales_close_at, refundable_until = new.refundable_until,
         cancelled_at = new.cancelled_at, cancel_reason = new.cancel_reason, refunded_at = new.refunded_at,
         price_from = new.price_from, price_to = new.price_to, section_prices = new.section_prices
     FROM ", arrays!(new:
         performance_id, date, starts_at, sales_open_at, sales_close_at, refundable_until, cancelled_at,
         cancel_reason, refunded_at, price_from, price_to, section_prices
     ), "
     WHERE performance.performance_id = new.performance_id"
}

statement! {
    /// Puts a performance behind those of its concert that were added before, and lets those that come next wait until
    /// it is there.
    PutLast {
        concert_id: Uuid => SqlUuid,
        performance_id: Uuid => SqlUuid,
    };
    "WITH concert AS (SELECT concert_id FROM concerts WHERE concert_id = ? FOR NO KEY UPDATE)
     UPDATE performances AS performance SET sequence = DEFAULT
     FROM concert WHERE performance.concert_id = concert.concert_id AND performance.performance_id = ?"
}

impl FindPerformancesAfter {
    /// Reads a page, and one performance more.
    pub(crate) fn of(
        concert_id: ConcertId,
        filter: PerformanceFilter,
        page: PageRequest<PerformanceCursor>,
    ) -> Self {
        Self {
            concert_id: concert_id.uuid(),
            date: filter.date,
            upcoming: filter.upcoming,
            after_start: page.after.map(|after| after.starts_at),
            after_id: page.after.map(|after| after.id.uuid()),
            limit: i64::from(page.limit.get()) + 1,
        }
    }
}

impl PerformanceRow {
    /// Its place in the list.
    pub(crate) fn cursor(&self) -> PerformanceCursor {
        PerformanceCursor { starts_at: self.starts_at, id: PerformanceId::new(self.performance_id) }
    }
}

impl TryFrom<PerformanceRow> for Performance {
    type Error = CorruptRow;

    fn try_from(row: PerformanceRow) -> Result<Self, CorruptRow> {
        let cancellation = match (row.cancelled_at, row.cancel_reason) {
            (Some(at), Some(reason)) => {
                let reason = Reason::restore(&reason);
                let reason =
                    reason.map_err(|_| CorruptRow::new("reason of a cancellation", row.performance_id))?;
                Some(Cancellation { at, reason, refunded_at: row.refunded_at })
            }
            (None, None) => None,
            _ => return Err(CorruptRow::new("cancellation", row.performance_id)),
        };
        Ok(Self {
            id: PerformanceId::new(row.performance_id),
            concert_id: ConcertId::new(row.concert_id),
            date: row.date,
            starts_at: row.starts_at,
            sales_open_at: row.sales_open_at,
            total_seats: count("number of seats", row.total_seats.into())?,
            price_from: amount("lowest price", row.price_from)?,
            price_to: amount("highest price", row.price_to)?,
            sales_close_at: row.sales_close_at,
            refundable_until: row.refundable_until,
            cancellation,
            section_prices: row
                .section_prices
                .map_or_else(|| Ok(SectionPrices::default()), section_prices)?,
        })
    }
}

/// Prices by section, from their column: each a text.
fn section_prices(column: Value) -> Result<SectionPrices, CorruptRow> {
    let corrupt = |value: &Value| CorruptRow::new("prices of sections", value);
    let Value::Object(prices) = column else { return Err(corrupt(&column)) };
    let price = |(name, price): (String, Value)| {
        let number = price.as_str().and_then(|text| Decimal::from_str(text).ok());
        Ok((name, amount("price of a section", number.ok_or_else(|| corrupt(&price))?)?))
    };
    Ok(SectionPrices::new(prices.into_iter().map(price).collect::<Result<_, CorruptRow>>()?))
}

/// The column for prices by section.
fn section_prices_column(prices: &SectionPrices) -> Option<Value> {
    let prices = (!prices.is_empty()).then(|| prices.iter())?;
    Some(
        prices.map(|(name, price)| (name.to_owned(), price.to_string().into())).collect::<Map<_, _>>().into(),
    )
}

/// Reads performances as they are now.
pub(super) async fn load(
    lease: &Lease,
    footprint: &Footprint,
    performances: &mut TrackedRows<PerformanceId, Performance>,
) -> Result<(), Failure> {
    if footprint.performances.is_empty() {
        return Ok(());
    }
    let performance_ids = footprint.performances.iter().map(|id| id.uuid()).collect();
    for row in lease.load(FindPerformances { performance_ids }).await? {
        let performance = Performance::try_from(row)?;
        performances.load(performance.id, performance);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let changed: Vec<&Performance> = set.performances.changed().collect();
    if !changed.is_empty() {
        let cancellations = || changed.iter().map(|one| one.cancellation.as_ref());
        let update = UpdatePerformances {
            performance_id: changed.iter().map(|one| one.id.uuid()).collect(),
            date: changed.iter().map(|one| one.date).collect(),
            starts_at: changed.iter().map(|one| one.starts_at).collect(),
            sales_open_at: changed.iter().map(|one| one.sales_open_at).collect(),
            sales_close_at: changed.iter().map(|one| one.sales_close_at).collect(),
            refundable_until: changed.iter().map(|one| one.refundable_until).collect(),
            cancelled_at: cancellations().map(|cancelled| cancelled.map(|one| one.at)).collect(),
            cancel_reason: cancellations()
                .map(|cancelled| cancelled.map(|one| one.reason.as_str().to_owned()))
                .collect(),
            refunded_at: cancellations().map(|cancelled| cancelled?.refunded_at).collect(),
            price_from: changed.iter().map(|one| one.price_from.decimal()).collect(),
            price_to: changed.iter().map(|one| one.price_to.decimal()).collect(),
            section_prices: changed.iter().map(|one| section_prices_column(&one.section_prices)).collect(),
        };
        Box::pin(lease.execute(update)).await?;
    }
    Ok(())
}

/// Makes an added performance the last of its concert, at the end of its transaction.
pub(crate) async fn put_last(lease: &Lease, performance: &Performance) -> Result<(), Failure> {
    let (concert_id, performance_id) = (performance.concert_id.uuid(), performance.id.uuid());
    lease.execute(PutLast { concert_id, performance_id }).await?;
    Ok(())
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
        sales_close_at: performance.sales_close_at,
        refundable_until: performance.refundable_until,
        section_prices: section_prices_column(&performance.section_prices),
        concert_id: performance.concert_id.uuid(),
    };
    Ok(lease.execute(insert).await? > 0)
}

use async_trait::async_trait;
use chrono::NaiveDate;
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid,
};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::audit::{AuditAction, AuditEntry, AuditStamp, Facts, facts};
use seatline_domain::concert::{Concert, NewConcert, NewPerformance, PerformanceError, Section};
use seatline_domain::id::ConcertId;
use seatline_domain::point::Amount;
use seatline_domain::ports::ProgrammeEditor;
use seatline_domain::queue::{AdmitRate, RoomSettings};
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::Postgres;
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;
use crate::tables::audit_entries::InsertAuditEntry;
use crate::tables::{RoomSettingsColumns, clock};

statement! {
    /// Adds a concert.
    InsertConcert {
        concert_id: Uuid => SqlUuid,
        title: String => Text,
        venue: String => Text,
        timezone: &'static str => Text,
        max_seats_per_user: i32 => Integer,
    };
    "INSERT INTO concerts (concert_id, title, venue, timezone, max_seats_per_user) VALUES (?, ?, ?, ?, ?)"
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
    "INSERT INTO performances (performance_id, concert_id, date, starts_at, sales_open_at, total_seats, price_from,
                               price_to)
     SELECT ?, concert_id, ?, ?, ?, ?, ?, ? FROM concerts WHERE concert_id = ?"
}

statement! {
    /// Adds the seats of sections.
    InsertSeatsOfSections {
        performance_id: Uuid => SqlUuid,
        names: Vec<String> => Array<Text>,
        first_seats: Vec<i32> => Array<Integer>,
        last_seats: Vec<i32> => Array<Integer>,
        prices: Vec<Decimal> => Array<Numeric>,
    };
    "INSERT INTO seats (performance_id, number, section, price)
     SELECT ?, seat.number, section.name, section.price
     FROM unnest(?, ?, ?, ?) AS section(name, first_seat, last_seat, price)
     CROSS JOIN LATERAL generate_series(section.first_seat, section.last_seat) AS seat(number)"
}

fn integer(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn concert_facts(concert: &Concert, queue: &RoomSettings) -> Facts {
    facts([
        ("title", concert.title.as_str().into()),
        ("venue", concert.venue.as_str().into()),
        ("timezone", concert.timezone.name().into()),
        ("maxSeatsPerUser", concert.max_seats_per_user.get().into()),
        ("capacity", queue.capacity.get().into()),
        ("admitPerMinute", queue.admit_per_minute.map(AdmitRate::per_minute).into()),
    ])
}

fn performance_facts(new: &NewPerformance) -> Facts {
    facts([
        ("performanceId", new.performance.id.to_string().into()),
        ("startsAt", new.performance.starts_at.to_rfc3339().into()),
        ("totalSeats", new.performance.total_seats.into()),
        ("sections", integer_facts(new.sections.len())),
    ])
}

fn integer_facts(number: usize) -> seatline_domain::audit::Fact {
    u32::try_from(number).unwrap_or(u32::MAX).into()
}

async fn record(
    lease: &mut Lease,
    stamp: AuditStamp,
    concert_id: ConcertId,
    action: AuditAction,
    after: Facts,
) -> Result<(), Failure> {
    let at = clock(lease).await?;
    lease
        .execute(InsertAuditEntry::of(&AuditEntry { stamp, concert_id, action, before: None, after, at }))
        .await?;
    Ok(())
}

async fn add_concert(lease: &mut Lease, new: &NewConcert, stamp: AuditStamp) -> Result<(), Failure> {
    let NewConcert { concert, queue } = new;
    let insert = InsertConcert {
        concert_id: concert.id.uuid(),
        title: concert.title.as_str().to_owned(),
        venue: concert.venue.as_str().to_owned(),
        timezone: concert.timezone.name(),
        max_seats_per_user: integer(concert.max_seats_per_user.get()),
    };
    lease.execute(insert).await?;
    let columns = RoomSettingsColumns::of(queue);
    let RoomSettingsColumns { capacity, admit_per_minute, pass_ttl_ms, show_up_within_ms } = columns;
    let concert_id = concert.id.uuid();
    lease
        .execute(InsertRoom { concert_id, capacity, admit_per_minute, pass_ttl_ms, show_up_within_ms })
        .await?;
    record(lease, stamp, concert.id, AuditAction::ConcertAdded, concert_facts(concert, queue)).await
}

/// Adds a performance; `false` when there is no such concert.
async fn add_performance(
    lease: &mut Lease,
    new: &NewPerformance,
    stamp: AuditStamp,
) -> Result<bool, Failure> {
    let performance = &new.performance;
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
    if lease.execute(insert).await? == 0 {
        return Ok(false);
    }
    let sections = || new.sections.iter();
    let insert = InsertSeatsOfSections {
        performance_id: performance.id.uuid(),
        names: sections().map(|section| section.name().as_str().to_owned()).collect(),
        first_seats: sections().map(|section| integer(section.first_seat().get())).collect(),
        last_seats: sections().map(|section| integer(section.last_seat().get())).collect(),
        prices: sections().map(Section::price).map(Amount::decimal).collect(),
    };
    lease.execute(insert).await?;
    let after = performance_facts(new);
    record(lease, stamp, performance.concert_id, AuditAction::PerformanceAdded, after).await?;
    Ok(true)
}

#[async_trait]
impl ProgrammeEditor for Postgres {
    async fn add_concert(&self, concert: NewConcert, stamp: AuditStamp) -> Result<(), StorageError> {
        let mut lease = self.pool.begin().await?;
        let result = add_concert(&mut lease, &concert, stamp).await;
        Ok(lease.finish(result).await?)
    }

    async fn add_performance(
        &self,
        performance: NewPerformance,
        stamp: AuditStamp,
    ) -> Result<(), PerformanceError> {
        let mut lease = self.pool.begin().await.map_err(StorageError::from)?;
        let result = add_performance(&mut lease, &performance, stamp).await;
        let added = lease.finish(result).await.map_err(StorageError::from)?;
        if added { Ok(()) } else { Err(PerformanceError::ConcertNotFound) }
    }
}

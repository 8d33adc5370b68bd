use std::collections::BTreeSet;
use std::sync::Arc;

use diesel::sql_types::{Array, Bool, Integer, Numeric, Text, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::concert::{NewPerformance, Section};
use seatline_domain::id::PerformanceId;
use seatline_domain::point::Amount;
use seatline_domain::reservation::ReservationState;
use seatline_domain::seat::{Seat, SeatKey, SeatState};
use seatline_domain::working_set::{Footprint, LoadedReservations, TrackedRows};
use uuid::Uuid;

use super::CorruptRow;
use super::columns::{amount, integer, seat_number};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{row, statement};

row! {
    /// A seat, without its owner.
    SeatRow as seat_columns {
        performance_id: Uuid => SqlUuid,
        number: i32 => Integer,
        section: String => Text,
        price: Decimal => Numeric,
        blocked: bool => Bool,
    }
}

statement! {
    /// Reads the seats of a performance.
    FindSeats { performance_id: Uuid => SqlUuid } -> SeatRow;
    "SELECT ", seat_columns!(), " FROM seats WHERE performance_id = ? ORDER BY number"
}

statement! {
    /// Locks seats.
    LockSeats {
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        number: Vec<i32> => Array<Integer>,
    } -> SeatRow;
    "SELECT ", seat_columns!(), "
     FROM seats
     WHERE (performance_id, number) IN (SELECT * FROM unnest(?, ?))
     ORDER BY performance_id, number FOR NO KEY UPDATE"
}

statement! {
    /// Adds the seats of sections.
    InsertSections {
        performance_id: Uuid => SqlUuid,
        section: Vec<String> => Array<Text>,
        first_seat: Vec<i32> => Array<Integer>,
        last_seat: Vec<i32> => Array<Integer>,
        price: Vec<Decimal> => Array<Numeric>,
    };
    "INSERT INTO seats (performance_id, number, section, price)
     SELECT ?, seat.number, new.section, new.price
     FROM unnest(?, ?, ?, ?) AS new(section, first_seat, last_seat, price)
     CROSS JOIN LATERAL generate_series(new.first_seat, new.last_seat) AS seat(number)"
}

impl SeatRow {
    /// The seat with the name of its section, which others may share.
    pub(crate) fn seat(&self, section: Arc<str>) -> Result<Seat, CorruptRow> {
        let performance_id = PerformanceId::new(self.performance_id);
        let key = SeatKey { performance_id, number: seat_number(self.number)? };
        let state = if self.blocked { SeatState::Blocked } else { SeatState::Available };
        Ok(Seat { key, section, price: amount("price of a seat", self.price)?, state })
    }
}

/// The seats named, and those of the held reservations that were locked.
pub(super) fn wanted(footprint: &Footprint, reservations: &LoadedReservations) -> BTreeSet<SeatKey> {
    let mut keys: BTreeSet<SeatKey> = footprint.seats.clone();
    for held in reservations.iter().filter(|held| held.state == ReservationState::Held) {
        let performance_id = held.performance_id;
        keys.extend(held.seat_numbers().map(|number| SeatKey { performance_id, number }));
    }
    keys
}

/// Locks seats.
pub(super) async fn lock(
    lease: &Lease,
    keys: &BTreeSet<SeatKey>,
    seats: &mut TrackedRows<SeatKey, Seat>,
) -> Result<(), Failure> {
    if keys.is_empty() {
        return Ok(());
    }
    let statement = LockSeats {
        performance_id: keys.iter().map(|key| key.performance_id.uuid()).collect(),
        number: keys.iter().map(|key| integer(key.number.get())).collect(),
    };
    for mut row in lease.load(statement).await? {
        let section = std::mem::take(&mut row.section).into();
        let seat = row.seat(section)?;
        seats.load(seat.key, seat);
    }
    Ok(())
}

/// Adds the seats of a performance.
pub(crate) async fn insert(lease: &Lease, new: &NewPerformance) -> Result<(), Failure> {
    let sections = || new.sections.iter();
    let insert = InsertSections {
        performance_id: new.performance.id.uuid(),
        section: sections().map(|section| section.name().as_str().to_owned()).collect(),
        first_seat: sections().map(|section| integer(section.first_seat().get())).collect(),
        last_seat: sections().map(|section| integer(section.last_seat().get())).collect(),
        price: sections().map(Section::price).map(Amount::decimal).collect(),
    };
    lease.execute(insert).await?;
    Ok(())
}

use std::collections::BTreeSet;
use std::sync::Arc;

use diesel::sql_types::{Array, Bool, Integer, Numeric, Text, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::concert::NewPerformance;
use seatline_domain::id::PerformanceId;
use seatline_domain::reservation::ReservationState;
use seatline_domain::seat::hall::{Hall, HallSection};
use seatline_domain::seat::{Seat, SeatKey, SeatState};
use seatline_domain::working_set::{Footprint, LoadedReservations, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::CorruptRow;
use super::columns::{amount, integer, seat_number};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

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
     WHERE (performance_id, number) IN (SELECT unnest(?), unnest(?))
     ORDER BY performance_id, number FOR NO KEY UPDATE"
}

row! {
    /// A seat that is blocked.
    BlockedSeatRow as blocked_seat_columns {
        performance_id: Uuid => SqlUuid,
        number: i32 => Integer,
    }
}

statement! {
    /// Reads which seats of performances are blocked.
    FindBlockedSeats { performance_ids: Vec<Uuid> => Array<SqlUuid> } -> BlockedSeatRow;
    "SELECT ", blocked_seat_columns!(), " FROM seats WHERE performance_id = ANY(?) AND blocked"
}

statement! {
    /// Writes which seats are blocked.
    UpdateBlocked {
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        number: Vec<i32> => Array<Integer>,
        blocked: Vec<bool> => Array<Bool>,
    };
    "UPDATE seats AS seat SET blocked = new.blocked
     FROM ", arrays!(new: performance_id, number, blocked), "
     WHERE seat.performance_id = new.performance_id AND seat.number = new.number"
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
     FROM ", arrays!(new: section, first_seat, last_seat, price), "
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

/// Blocks seats, and gives others back to the sale.
pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut update = UpdateBlocked { performance_id: Vec::new(), number: Vec::new(), blocked: Vec::new() };
    for (before, after) in set.seats.changes() {
        let blocked = after.state == SeatState::Blocked;
        if blocked != (before.state == SeatState::Blocked) {
            update.performance_id.push(after.key.performance_id.uuid());
            update.number.push(integer(after.key.number.get()));
            update.blocked.push(blocked);
        }
    }
    if !update.number.is_empty() {
        lease.execute(update).await?;
    }
    Ok(())
}

/// Adds the seats of a performance.
pub(crate) async fn insert(lease: &Lease, new: &NewPerformance) -> Result<(), Failure> {
    for slice in slices(&new.hall) {
        let insert = InsertSections {
            performance_id: new.performance.id.uuid(),
            section: slice.iter().map(|range| range.section.name.as_str().to_owned()).collect(),
            first_seat: slice.iter().map(|range| integer(range.first_seat)).collect(),
            last_seat: slice.iter().map(|range| integer(range.last_seat)).collect(),
            price: slice.iter().map(|range| range.section.price.decimal()).collect(),
        };
        lease.execute(insert).await?;
    }
    Ok(())
}

/// The most seats that one statement adds: it ends long before any timeout, however busy the server is.
pub(crate) const SLICE: u32 = 4_000;

/// Seats of one section, neighbours in one row or in several.
struct RangeOfSection<'h> {
    section: &'h HallSection,
    first_seat: u32,
    last_seat: u32,
}

/// Cuts a hall into slices of [`SLICE`] seats, the last of which may be smaller.
fn slices(hall: &Hall) -> Vec<Vec<RangeOfSection<'_>>> {
    let (mut slices, mut slice, mut room): (_, Vec<RangeOfSection<'_>>, _) = (Vec::new(), Vec::new(), SLICE);
    for (section, row) in hall.rows() {
        let (mut first_seat, end) = (row.first_seat.get(), row.last_seat.get());
        while first_seat <= end {
            let last_seat = end.min(first_seat + (room - 1));
            match slice.last_mut() {
                Some(range) if std::ptr::eq(range.section, section) && range.last_seat + 1 == first_seat => {
                    range.last_seat = last_seat;
                }
                _ => slice.push(RangeOfSection { section, first_seat, last_seat }),
            }
            room -= last_seat - first_seat + 1;
            first_seat = last_seat + 1;
            if room == 0 {
                slices.push(std::mem::take(&mut slice));
                room = SLICE;
            }
        }
    }
    if !slice.is_empty() {
        slices.push(slice);
    }
    slices
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatline_domain::point::Amount;
    use seatline_domain::seat::hall::{SectionPlan, SectionSeats};
    use seatline_domain::text::Text;

    fn hall(ranges: &[(u32, u32)]) -> Hall {
        let plan = |(place, (first_seat, last_seat)): (usize, &(u32, u32))| SectionPlan {
            name: Text::parse(&format!("Section {place}")).unwrap(),
            seats: SectionSeats::Range { first_seat: *first_seat, last_seat: *last_seat },
            price: Amount::whole(1),
        };
        Hall::plan(ranges.iter().enumerate().map(plan).collect(), &[]).unwrap()
    }

    #[test]
    fn every_seat_is_in_one_slice_and_no_slice_is_large() {
        for ranges in [
            &[(1, 1)][..],
            &[(1, SLICE)],
            &[(1, SLICE + 1)],
            &[(5, 10), (20, 20 + 2 * SLICE), (900_000, 900_000 + SLICE)],
            &[(1, 100_000)],
        ] {
            let hall = hall(ranges);
            let slices = slices(&hall);
            let numbers = |slice: &Vec<RangeOfSection<'_>>| -> Vec<u32> {
                slice.iter().flat_map(|range| range.first_seat..=range.last_seat).collect()
            };
            assert!(slices.iter().all(|slice| numbers(slice).len() <= usize::try_from(SLICE).unwrap()));
            let all: Vec<u32> = slices.iter().flat_map(numbers).collect();
            let expected: Vec<u32> = ranges.iter().flat_map(|(first, last)| *first..=*last).collect();
            assert_eq!(all, expected);
        }
    }
}

use std::collections::BTreeSet;

use diesel::sql_types::{Array, Bool, Integer, Numeric, Text, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::id::PerformanceId;
use seatline_domain::reservation::ReservationState;
use seatline_domain::seat::{Seat, SeatKey, SeatState};
use seatline_domain::working_set::{Footprint, LoadedReservations, TrackedRows};
use uuid::Uuid;

use super::corrupt_row::{amount, seat_number, seat_number_of};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

statement! {
    /// Locks seats.
    LockSeats {
        performance_ids: Vec<Uuid> => Array<SqlUuid>,
        numbers: Vec<i32> => Array<Integer>,
    } -> (Uuid, i32, String, Decimal, bool) = (SqlUuid, Integer, Text, Numeric, Bool);
    "SELECT performance_id, number, section, price, blocked
     FROM seats
     WHERE (performance_id, number) IN (SELECT * FROM unnest(?, ?))
     ORDER BY performance_id, number FOR NO KEY UPDATE"
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
        performance_ids: keys.iter().map(|key| key.performance_id.uuid()).collect(),
        numbers: keys.iter().map(|key| seat_number(key.number)).collect(),
    };
    for (performance_id, number, section, price, blocked) in lease.load(statement).await? {
        let performance_id = PerformanceId::new(performance_id);
        let key = SeatKey { performance_id, number: seat_number_of(number)? };
        let state = if blocked { SeatState::Blocked } else { SeatState::Available };
        seats.load(
            key,
            Seat { key, section: section.into(), price: amount("price of a seat", price)?, state },
        );
    }
    Ok(())
}

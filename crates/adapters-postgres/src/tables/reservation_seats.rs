use std::collections::BTreeSet;

use diesel::sql_types::{Array, Integer, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::id::{PerformanceId, ReservationId, UserId};
use seatline_domain::reservation::ReservedSeat;
use seatline_domain::seat::{Seat, SeatKey, SeatState};
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

use super::CorruptRow;
use super::corrupt_row::{amount, seat_number, seat_number_of};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

/// `reservation_id`, `seat_number`, `section`, `price`.
pub(crate) type ReservedSeatRow = (Uuid, i32, String, Decimal);

/// `performance_id`, `seat_number`, `reservation_id`, `user_id`, `state`, `held_until`.
pub(crate) type OwnerRow = (Uuid, i32, Uuid, Uuid, String, Timestamp);

statement! {
    /// The seats of reservations.
    SeatsOfReservations {
        performance_ids: Vec<Uuid> => Array<SqlUuid>,
        reservation_ids: Vec<Uuid> => Array<SqlUuid>,
    } -> ReservedSeatRow = (SqlUuid, Integer, Text, Numeric);
    "SELECT reserved.reservation_id, reserved.seat_number, seat.section, reserved.price
     FROM unnest(?, ?) AS named(performance_id, reservation_id)
     JOIN reservation_seats AS reserved ON reserved.performance_id = named.performance_id
          AND reserved.reservation_id = named.reservation_id
     JOIN seats AS seat ON seat.performance_id = reserved.performance_id AND seat.number = reserved.seat_number"
}

statement! {
    /// Who has seats, lapsed holds included.
    OwnersOfSeats {
        performance_ids: Vec<Uuid> => Array<SqlUuid>,
        numbers: Vec<i32> => Array<Integer>,
    } -> OwnerRow = (SqlUuid, Integer, SqlUuid, SqlUuid, Text, Timestamptz);
    "SELECT owner.performance_id, owner.seat_number, owner.reservation_id, owner.user_id, owner.state,
            owner.held_until
     FROM unnest(?, ?) AS named(performance_id, number)
     CROSS JOIN LATERAL (
         SELECT * FROM reservation_seats
         WHERE performance_id = named.performance_id AND seat_number = named.number AND live LIMIT 1
     ) AS owner"
}

statement! {
    /// Takes seats away from those who had them and have them no more.
    ReleaseSeats {
        performance_ids: Vec<Uuid> => Array<SqlUuid>,
        reservation_ids: Vec<Uuid> => Array<SqlUuid>,
        numbers: Vec<i32> => Array<Integer>,
    };
    "UPDATE reservation_seats AS owner
     SET state = 'RELEASED'
     FROM unnest(?, ?, ?) AS seat(performance_id, reservation_id, number)
     WHERE owner.performance_id = seat.performance_id AND owner.reservation_id = seat.reservation_id
           AND owner.seat_number = seat.number AND owner.state <> 'RELEASED'"
}

statement! {
    /// Adds the seats of new reservations.
    InsertSeats {
        performance_ids: Vec<Uuid> => Array<SqlUuid>,
        reservation_ids: Vec<Uuid> => Array<SqlUuid>,
        numbers: Vec<i32> => Array<Integer>,
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        prices: Vec<Decimal> => Array<Numeric>,
        states: Vec<&'static str> => Array<Text>,
        held_until: Vec<Timestamp> => Array<Timestamptz>,
    };
    "INSERT INTO reservation_seats (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
     SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?)"
}

statement! {
    /// Sells seats to those who hold them.
    SellSeats {
        performance_ids: Vec<Uuid> => Array<SqlUuid>,
        reservation_ids: Vec<Uuid> => Array<SqlUuid>,
        numbers: Vec<i32> => Array<Integer>,
    };
    "UPDATE reservation_seats AS owner
     SET state = 'SOLD'
     FROM unnest(?, ?, ?) AS seat(performance_id, reservation_id, number)
     WHERE owner.performance_id = seat.performance_id AND owner.reservation_id = seat.reservation_id
           AND owner.seat_number = seat.number AND owner.state = 'HELD'"
}

/// A reserved seat from its row.
pub(super) fn reserved_seat(row: ReservedSeatRow) -> Result<ReservedSeat, CorruptRow> {
    let (_, number, section, price) = row;
    Ok(ReservedSeat { number: seat_number_of(number)?, section, price: amount("price of a seat", price)? })
}

/// Who has a seat, from its owner's row.
pub(crate) fn owner_of(row: OwnerRow) -> Result<(SeatKey, SeatState), CorruptRow> {
    let (performance_id, number, reservation_id, user_id, state, until) = row;
    let key = SeatKey { performance_id: PerformanceId::new(performance_id), number: seat_number_of(number)? };
    let (reservation_id, user_id) = (ReservationId::new(reservation_id), UserId::new(user_id));
    let state = match state.as_str() {
        "HELD" => SeatState::Held { reservation_id, user_id, until },
        "SOLD" => SeatState::Sold { reservation_id, user_id },
        _ => return Err(CorruptRow::wrong("state of a reserved seat", state)),
    };
    Ok((key, state))
}

/// Reads who has seats, which must be locked by now.
pub(super) async fn owners(
    lease: &Lease,
    keys: &BTreeSet<SeatKey>,
) -> Result<Vec<(SeatKey, SeatState)>, Failure> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let statement = OwnersOfSeats {
        performance_ids: keys.iter().map(|key| key.performance_id.uuid()).collect(),
        numbers: keys.iter().map(|key| seat_number(key.number)).collect(),
    };
    let rows = lease.load(statement).await?;
    Ok(rows.into_iter().map(owner_of).collect::<Result<_, CorruptRow>>()?)
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    release(lease, set).await?;
    insert(lease, set).await?;
    sell(lease, set).await
}

async fn release(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut statement =
        ReleaseSeats { performance_ids: Vec::new(), reservation_ids: Vec::new(), numbers: Vec::new() };
    for (before, after) in set.seats.changes() {
        if let Some(owner) = before.owner().filter(|owner| after.owner() != Some(*owner)) {
            statement.performance_ids.push(before.key.performance_id.uuid());
            statement.reservation_ids.push(owner.uuid());
            statement.numbers.push(seat_number(before.key.number));
        }
    }
    if !statement.numbers.is_empty() {
        lease.execute(statement).await?;
    }
    Ok(())
}

async fn insert(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut statement = InsertSeats {
        performance_ids: Vec::new(),
        reservation_ids: Vec::new(),
        numbers: Vec::new(),
        user_ids: Vec::new(),
        prices: Vec::new(),
        states: Vec::new(),
        held_until: Vec::new(),
    };
    for reservation in set.reservations.added() {
        for reserved in &reservation.seats {
            let key = SeatKey { performance_id: reservation.performance_id, number: reserved.number };
            let owner = set.seats.get(&key).and_then(Seat::owner);
            statement.performance_ids.push(reservation.performance_id.uuid());
            statement.reservation_ids.push(reservation.id.uuid());
            statement.numbers.push(seat_number(reserved.number));
            statement.user_ids.push(reservation.user_id.uuid());
            statement.prices.push(reserved.price.decimal());
            statement.states.push(if owner == Some(reservation.id) { "HELD" } else { "RELEASED" });
            statement.held_until.push(reservation.expires_at);
        }
    }
    if !statement.numbers.is_empty() {
        lease.execute(statement).await?;
    }
    Ok(())
}

async fn sell(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut statement =
        SellSeats { performance_ids: Vec::new(), reservation_ids: Vec::new(), numbers: Vec::new() };
    for seat in set.seats.changed() {
        if let SeatState::Sold { reservation_id, .. } = seat.state {
            statement.performance_ids.push(seat.key.performance_id.uuid());
            statement.reservation_ids.push(reservation_id.uuid());
            statement.numbers.push(seat_number(seat.key.number));
        }
    }
    let sold = statement.numbers.len();
    if sold > 0 && lease.execute(statement).await? != sold {
        return Err(Failure::Broken("a seat that was paid for was not held by its buyer".into()));
    }
    Ok(())
}

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
use super::columns::{amount, integer, seat_number};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

row! {
    /// A seat of a reservation.
    ReservedSeatRow as reserved_seat_columns {
        reservation_id: Uuid => SqlUuid,
        seat_number: i32 => Integer,
        section: String => Text = "seat.section",
        price: Decimal => Numeric,
    }
}

row! {
    /// The owner of a seat.
    OwnerRow as owner_columns {
        performance_id: Uuid => SqlUuid,
        seat_number: i32 => Integer,
        reservation_id: Uuid => SqlUuid,
        user_id: Uuid => SqlUuid,
        state: String => Text,
        held_until: Timestamp => Timestamptz,
    }
}

statement! {
    /// Reads the seats of reservations.
    FindSeatsOfReservations {
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
    } -> ReservedSeatRow;
    "SELECT ", reserved_seat_columns!(reserved), "
     FROM ", arrays!(named: performance_id, reservation_id), "
     JOIN reservation_seats AS reserved ON reserved.performance_id = named.performance_id
          AND reserved.reservation_id = named.reservation_id
     JOIN seats AS seat ON seat.performance_id = reserved.performance_id AND seat.number = reserved.seat_number"
}

statement! {
    /// Reads the owners of seats, expired holds included.
    FindOwnersOfSeats {
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        seat_number: Vec<i32> => Array<Integer>,
    } -> OwnerRow;
    "SELECT ", owner_columns!(owner), "
     FROM ", arrays!(named: performance_id, seat_number), "
     CROSS JOIN LATERAL (
         SELECT * FROM reservation_seats
         WHERE performance_id = named.performance_id AND seat_number = named.seat_number AND live LIMIT 1
     ) AS owner"
}

statement! {
    /// Reads the owners of all seats of performances, expired holds included.
    FindOwners { performance_ids: Vec<Uuid> => Array<SqlUuid> } -> OwnerRow;
    "SELECT ", owner_columns!(), " FROM reservation_seats WHERE performance_id = ANY(?) AND live"
}

statement! {
    /// Takes seats away from those who had them and have them no more.
    ReleaseSeats {
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
        seat_number: Vec<i32> => Array<Integer>,
    };
    "UPDATE reservation_seats AS owner
     SET state = 'RELEASED'
     FROM ", arrays!(seat: performance_id, reservation_id, seat_number), "
     WHERE owner.performance_id = seat.performance_id AND owner.reservation_id = seat.reservation_id
           AND owner.seat_number = seat.seat_number AND owner.state <> 'RELEASED'"
}

statement! {
    /// Adds the seats of new reservations.
    InsertReservedSeats {
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
        seat_number: Vec<i32> => Array<Integer>,
        user_id: Vec<Uuid> => Array<SqlUuid>,
        price: Vec<Decimal> => Array<Numeric>,
        state: Vec<&'static str> => Array<Text>,
        held_until: Vec<Timestamp> => Array<Timestamptz>,
    };
    "INSERT INTO reservation_seats (performance_id, reservation_id, seat_number, user_id, price, state, held_until)
     SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)"
}

statement! {
    /// Sells seats to those who hold them.
    SellSeats {
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
        seat_number: Vec<i32> => Array<Integer>,
    };
    "UPDATE reservation_seats AS owner
     SET state = 'SOLD'
     FROM ", arrays!(seat: performance_id, reservation_id, seat_number), "
     WHERE owner.performance_id = seat.performance_id AND owner.reservation_id = seat.reservation_id
           AND owner.seat_number = seat.seat_number AND owner.state = 'HELD'"
}

impl TryFrom<ReservedSeatRow> for ReservedSeat {
    type Error = CorruptRow;

    fn try_from(row: ReservedSeatRow) -> Result<Self, CorruptRow> {
        let price = amount("price of a seat", row.price)?;
        Ok(Self { number: seat_number(row.seat_number)?, section: row.section, price })
    }
}

/// A seat that has an owner, and its state.
pub(crate) fn owned(row: OwnerRow) -> Result<(SeatKey, SeatState), CorruptRow> {
    let performance_id = PerformanceId::new(row.performance_id);
    let key = SeatKey { performance_id, number: seat_number(row.seat_number)? };
    let (reservation_id, user_id) = (ReservationId::new(row.reservation_id), UserId::new(row.user_id));
    let state = match row.state.as_str() {
        "HELD" => SeatState::Held { reservation_id, user_id, until: row.held_until },
        "SOLD" => SeatState::Sold { reservation_id, user_id },
        _ => return Err(CorruptRow::new("state of a reserved seat", row.state)),
    };
    Ok((key, state))
}

/// Reads the owners of seats, which must be locked by now.
pub(super) async fn owners(
    lease: &Lease,
    keys: &BTreeSet<SeatKey>,
) -> Result<Vec<(SeatKey, SeatState)>, Failure> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let statement = FindOwnersOfSeats {
        performance_id: keys.iter().map(|key| key.performance_id.uuid()).collect(),
        seat_number: keys.iter().map(|key| integer(key.number.get())).collect(),
    };
    let rows = lease.load(statement).await?;
    Ok(rows.into_iter().map(owned).collect::<Result<_, CorruptRow>>()?)
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    release(lease, set).await?;
    insert(lease, set).await?;
    sell(lease, set).await
}

async fn release(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut statement =
        ReleaseSeats { performance_id: Vec::new(), reservation_id: Vec::new(), seat_number: Vec::new() };
    for (before, after) in set.seats.changes() {
        if let Some(owner) = before.owner().filter(|owner| after.owner() != Some(*owner)) {
            statement.performance_id.push(before.key.performance_id.uuid());
            statement.reservation_id.push(owner.uuid());
            statement.seat_number.push(integer(before.key.number.get()));
        }
    }
    if !statement.seat_number.is_empty() {
        lease.execute(statement).await?;
    }
    Ok(())
}

async fn insert(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut statement = InsertReservedSeats {
        performance_id: Vec::new(),
        reservation_id: Vec::new(),
        seat_number: Vec::new(),
        user_id: Vec::new(),
        price: Vec::new(),
        state: Vec::new(),
        held_until: Vec::new(),
    };
    for reservation in set.reservations.added() {
        for reserved in &reservation.seats {
            let key = SeatKey { performance_id: reservation.performance_id, number: reserved.number };
            let owner = set.seats.get(&key).and_then(Seat::owner);
            statement.performance_id.push(reservation.performance_id.uuid());
            statement.reservation_id.push(reservation.id.uuid());
            statement.seat_number.push(integer(reserved.number.get()));
            statement.user_id.push(reservation.user_id.uuid());
            statement.price.push(reserved.price.decimal());
            statement.state.push(if owner == Some(reservation.id) { "HELD" } else { "RELEASED" });
            statement.held_until.push(reservation.expires_at);
        }
    }
    if !statement.seat_number.is_empty() {
        lease.execute(statement).await?;
    }
    Ok(())
}

async fn sell(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut statement =
        SellSeats { performance_id: Vec::new(), reservation_id: Vec::new(), seat_number: Vec::new() };
    for seat in set.seats.changed() {
        if let SeatState::Sold { reservation_id, .. } = seat.state {
            statement.performance_id.push(seat.key.performance_id.uuid());
            statement.reservation_id.push(reservation_id.uuid());
            statement.seat_number.push(integer(seat.key.number.get()));
        }
    }
    let sold = statement.seat_number.len();
    if sold > 0 && lease.execute(statement).await? != sold {
        return Err(Failure::Broken("a seat that was paid for was not held by its buyer".into()));
    }
    Ok(())
}

use std::collections::{BTreeMap, HashMap};

use diesel::sql_types::{Array, BigInt, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::id::{ConcertId, PaymentId, PerformanceId, ReservationId, UserId};
use seatline_domain::reservation::{Reservation, ReservationState, ReservedSeat};
use seatline_domain::working_set::{Footprint, LoadedReservations, WorkingSet};
use uuid::Uuid;

use super::corrupt_row::amount;
use super::reservation_seats::{ReservedSeatRow, SeatsOfReservations, reserved_seat};
use super::{CorruptRow, count};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

/// `concert_id`, `reservation_id`, `performance_id`, `user_id`, `amount`, `state`, `held_at`, `expires_at`,
/// `payment_id`, `ended_at`.
pub(crate) type ReservationRow =
    (Uuid, Uuid, Uuid, Uuid, Decimal, String, Timestamp, Timestamp, Option<Uuid>, Option<Timestamp>);

statement! {
    /// Locks reservations: those named by user and id, and the held ones of the users named. Each by a look-up of its
    /// own, as with passes.
    LockReservations {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        reservation_ids: Vec<Uuid> => Array<SqlUuid>,
        holder_concert_ids: Vec<Uuid> => Array<SqlUuid>,
        holder_user_ids: Vec<Uuid> => Array<SqlUuid>,
    } -> ReservationRow = (SqlUuid, SqlUuid, SqlUuid, SqlUuid, Numeric, Text, Timestamptz, Timestamptz,
        Nullable<SqlUuid>, Nullable<Timestamptz>);
    "SELECT own.concert_id, own.reservation_id, own.performance_id, own.user_id, own.amount, own.state, own.held_at,
            own.expires_at, own.payment_id, own.ended_at
     FROM (
         SELECT named.user_id, named.reservation_id FROM unnest(?, ?) AS named(user_id, reservation_id)
         UNION
         SELECT held.user_id, held.reservation_id
         FROM unnest(?, ?) AS holder(concert_id, user_id)
         CROSS JOIN LATERAL (
             SELECT user_id, reservation_id FROM reservations
             WHERE concert_id = holder.concert_id AND user_id = holder.user_id AND state = 'HELD' LIMIT 1
         ) AS held
         ORDER BY user_id, reservation_id
     ) AS wanted
     CROSS JOIN LATERAL (
         SELECT * FROM reservations
         WHERE user_id = wanted.user_id AND reservation_id = wanted.reservation_id FOR UPDATE
     ) AS own"
}

statement! {
    /// Reservations by user and id, without locking them.
    ReservationsByUser {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        reservation_ids: Vec<Uuid> => Array<SqlUuid>,
    } -> ReservationRow = (SqlUuid, SqlUuid, SqlUuid, SqlUuid, Numeric, Text, Timestamptz, Timestamptz,
        Nullable<SqlUuid>, Nullable<Timestamptz>);
    "SELECT own.concert_id, own.reservation_id, own.performance_id, own.user_id, own.amount, own.state, own.held_at,
            own.expires_at, own.payment_id, own.ended_at
     FROM unnest(?, ?) AS named(user_id, reservation_id)
     JOIN reservations AS own ON own.user_id = named.user_id AND own.reservation_id = named.reservation_id"
}

statement! {
    /// How many seats users have bought of concerts, by reservation.
    CountBought {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        user_ids: Vec<Uuid> => Array<SqlUuid>,
    } -> (Uuid, Uuid, i64) = (SqlUuid, SqlUuid, BigInt);
    "SELECT holder.concert_id, holder.user_id, bought.seats
     FROM unnest(?, ?) AS holder(concert_id, user_id)
     CROSS JOIN LATERAL (
         SELECT performance_id, reservation_id FROM reservations
         WHERE concert_id = holder.concert_id AND user_id = holder.user_id AND state = 'PAID' OFFSET 0
     ) AS paid
     CROSS JOIN LATERAL (
         SELECT count(*) AS seats FROM reservation_seats
         WHERE performance_id = paid.performance_id AND reservation_id = paid.reservation_id
     ) AS bought"
}

statement! {
    /// Adds reservations.
    InsertReservations {
        concert_ids: Vec<Uuid> => Array<SqlUuid>,
        reservation_ids: Vec<Uuid> => Array<SqlUuid>,
        performance_ids: Vec<Uuid> => Array<SqlUuid>,
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        amounts: Vec<Decimal> => Array<Numeric>,
        states: Vec<&'static str> => Array<Text>,
        held_at: Vec<Timestamp> => Array<Timestamptz>,
        expires_at: Vec<Timestamp> => Array<Timestamptz>,
        payment_ids: Vec<Option<Uuid>> => Array<Nullable<SqlUuid>>,
        ended_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
    };
    "INSERT INTO reservations (concert_id, reservation_id, performance_id, user_id, amount, state, held_at, expires_at,
                               payment_id, ended_at)
     SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
}

statement! {
    /// Writes changed reservations.
    UpdateReservations {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        reservation_ids: Vec<Uuid> => Array<SqlUuid>,
        states: Vec<&'static str> => Array<Text>,
        payment_ids: Vec<Option<Uuid>> => Array<Nullable<SqlUuid>>,
        ended_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
    };
    "UPDATE reservations AS reservation
     SET state = new.state, payment_id = new.payment_id, ended_at = new.ended_at
     FROM unnest(?, ?, ?, ?, ?) AS new(user_id, reservation_id, state, payment_id, ended_at)
     WHERE reservation.user_id = new.user_id AND reservation.reservation_id = new.reservation_id"
}

/// Reservations from their rows and those of their seats.
pub(crate) fn assemble(
    rows: Vec<ReservationRow>,
    seats: Vec<ReservedSeatRow>,
) -> Result<Vec<Reservation>, CorruptRow> {
    let mut seats_of: BTreeMap<Uuid, Vec<ReservedSeat>> = BTreeMap::new();
    for row in seats {
        seats_of.entry(row.0).or_default().push(reserved_seat(row)?);
    }
    rows.into_iter()
        .map(|row| {
            let seats = seats_of.remove(&row.1).unwrap_or_default();
            reservation(row, seats)
        })
        .collect()
}

/// Asks for the seats of reservations.
pub(crate) fn seats_of(rows: &[ReservationRow]) -> SeatsOfReservations {
    SeatsOfReservations {
        performance_ids: rows.iter().map(|row| row.2).collect(),
        reservation_ids: rows.iter().map(|row| row.1).collect(),
    }
}

fn reservation(row: ReservationRow, mut seats: Vec<ReservedSeat>) -> Result<Reservation, CorruptRow> {
    let (concert_id, id, performance_id, user_id, total, state, held_at, expires_at, payment_id, ended_at) =
        row;
    seats.sort_by_key(|seat| seat.number);
    let state = match (state.as_str(), payment_id.map(PaymentId::new), ended_at) {
        ("HELD", ..) => ReservationState::Held,
        ("PAID", Some(payment_id), Some(at)) => ReservationState::Paid { payment_id, at },
        ("EXPIRED", _, Some(at)) => ReservationState::Expired { at },
        ("CANCELLED", _, Some(at)) => ReservationState::Cancelled { at },
        ("REFUNDED", Some(payment_id), Some(at)) => ReservationState::Refunded { payment_id, at },
        _ => return Err(CorruptRow::wrong("state of a reservation", state)),
    };
    Ok(Reservation {
        id: ReservationId::new(id),
        concert_id: ConcertId::new(concert_id),
        performance_id: PerformanceId::new(performance_id),
        user_id: UserId::new(user_id),
        seats,
        amount: amount("amount of a reservation", total)?,
        state,
        held_at,
        expires_at,
    })
}

type StateColumns = (&'static str, Option<Uuid>, Option<Timestamp>);

fn state_columns(state: ReservationState) -> StateColumns {
    match state {
        ReservationState::Held => ("HELD", None, None),
        ReservationState::Paid { payment_id, at } => ("PAID", Some(payment_id.uuid()), Some(at)),
        ReservationState::Expired { at } => ("EXPIRED", None, Some(at)),
        ReservationState::Cancelled { at } => ("CANCELLED", None, Some(at)),
        ReservationState::Refunded { payment_id, at } => ("REFUNDED", Some(payment_id.uuid()), Some(at)),
    }
}

pub(super) async fn lock(
    lease: &Lease,
    footprint: &Footprint,
    reservations: &mut LoadedReservations,
) -> Result<(), Failure> {
    if footprint.reservations.is_empty() && footprint.holders.is_empty() {
        return Ok(());
    }
    let rows = lease
        .load(LockReservations {
            user_ids: footprint.reservations.iter().map(|(user_id, _)| user_id.uuid()).collect(),
            reservation_ids: footprint.reservations.iter().map(|(_, id)| id.uuid()).collect(),
            holder_concert_ids: footprint.holders.iter().map(|(concert_id, _)| concert_id.uuid()).collect(),
            holder_user_ids: footprint.holders.iter().map(|(_, user_id)| user_id.uuid()).collect(),
        })
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let seats = lease.load(seats_of(&rows)).await?;
    for reservation in assemble(rows, seats)? {
        reservations.load(reservation);
    }
    Ok(())
}

/// Reads how many seats the holders have bought.
pub(super) async fn load_bought(
    lease: &Lease,
    footprint: &Footprint,
    bought: &mut HashMap<(ConcertId, UserId), u32>,
) -> Result<(), Failure> {
    if footprint.holders.is_empty() {
        return Ok(());
    }
    let statement = CountBought {
        concert_ids: footprint.holders.iter().map(|(concert_id, _)| concert_id.uuid()).collect(),
        user_ids: footprint.holders.iter().map(|(_, user_id)| user_id.uuid()).collect(),
    };
    for (concert_id, user_id, seats) in lease.load(statement).await? {
        let holder = (ConcertId::new(concert_id), UserId::new(user_id));
        *bought.entry(holder).or_default() += count::<u32>("number of seats bought", seats)?;
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let changed: Vec<&Reservation> = set.reservations.changed().collect();
    if !changed.is_empty() {
        let columns: Vec<StateColumns> = changed.iter().map(|one| state_columns(one.state)).collect();
        let update = UpdateReservations {
            user_ids: changed.iter().map(|one| one.user_id.uuid()).collect(),
            reservation_ids: changed.iter().map(|one| one.id.uuid()).collect(),
            states: columns.iter().map(|column| column.0).collect(),
            payment_ids: columns.iter().map(|column| column.1).collect(),
            ended_at: columns.iter().map(|column| column.2).collect(),
        };
        lease.execute(update).await?;
    }
    let added: Vec<&Reservation> = set.reservations.added().collect();
    if !added.is_empty() {
        let columns: Vec<StateColumns> = added.iter().map(|one| state_columns(one.state)).collect();
        let insert = InsertReservations {
            concert_ids: added.iter().map(|one| one.concert_id.uuid()).collect(),
            reservation_ids: added.iter().map(|one| one.id.uuid()).collect(),
            performance_ids: added.iter().map(|one| one.performance_id.uuid()).collect(),
            user_ids: added.iter().map(|one| one.user_id.uuid()).collect(),
            amounts: added.iter().map(|one| one.amount.decimal()).collect(),
            states: columns.iter().map(|column| column.0).collect(),
            held_at: added.iter().map(|one| one.held_at).collect(),
            expires_at: added.iter().map(|one| one.expires_at).collect(),
            payment_ids: columns.iter().map(|column| column.1).collect(),
            ended_at: columns.iter().map(|column| column.2).collect(),
        };
        lease.execute(insert).await?;
    }
    Ok(())
}

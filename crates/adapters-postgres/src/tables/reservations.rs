use std::collections::{BTreeMap, HashMap};

use diesel::sql_types::{Array, BigInt, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::id::{ConcertId, PaymentId, PerformanceId, ReservationId, UserId};
use seatline_domain::reservation::{Reservation, ReservationState, ReservedSeat};
use seatline_domain::working_set::{Footprint, LoadedReservations, WorkingSet};
use uuid::Uuid;

use super::reservation_seats::{FindSeatsOfReservations, ReservedSeatRow};
use super::{CorruptRow, amount, count};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

row! {
    /// A reservation, without its seats.
    ReservationRow as reservation_columns {
        concert_id: Uuid => SqlUuid,
        reservation_id: Uuid => SqlUuid,
        performance_id: Uuid => SqlUuid,
        user_id: Uuid => SqlUuid,
        amount: Decimal => Numeric,
        state: String => Text,
        held_at: Timestamp => Timestamptz,
        expires_at: Timestamp => Timestamptz,
        payment_id: Option<Uuid> => Nullable<SqlUuid>,
        ended_at: Option<Timestamp> => Nullable<Timestamptz>,
    }
}

row! {
    /// A reservation, and when its performance was cancelled, where that ended it or may have.
    KnownReservationRow as known_reservation_columns {
        ..reservation: ReservationRow as reservation_columns,
        performance_cancelled_at: Option<Timestamp> => Nullable<Timestamptz> = "CASE WHEN own.state IN ('HELD', 'CANCELLED') THEN (
                SELECT performance.cancelled_at FROM performances AS performance
                WHERE performance.performance_id = own.performance_id
            ) END",
    }
}

row! {
    /// The same, and the time.
    TimedReservationRow as timed_reservation_columns {
        ..known: KnownReservationRow as known_reservation_columns,
        as_of: Timestamp => Timestamptz = crate::pool::now!(),
    }
}

row! {
    /// A hold that has lapsed.
    LapsedRow as lapsed_columns {
        concert_id: Uuid => SqlUuid,
        user_id: Uuid => SqlUuid,
        reservation_id: Uuid => SqlUuid,
    }
}

row! {
    /// The number of seats that a user bought of a concert by one reservation.
    BoughtRow as bought_columns {
        concert_id: Uuid => SqlUuid,
        user_id: Uuid => SqlUuid,
        seats: i64 => BigInt = "bought.seats",
    }
}

statement! {
    /// Reads one reservation of a user.
    FindReservation {
        user_id: Uuid => SqlUuid,
        reservation_id: Uuid => SqlUuid,
    } -> TimedReservationRow;
    "SELECT ", timed_reservation_columns!(own), "
     FROM reservations AS own
     WHERE own.user_id = ? AND own.reservation_id = ?"
}

statement! {
    /// Reads one page of a user's reservations, newest first: those before one of them, or before the highest id.
    FindReservationsBefore {
        user_id: Uuid => SqlUuid,
        before: Uuid => SqlUuid,
        limit: i64 => BigInt,
    } -> TimedReservationRow;
    "WITH page AS (SELECT ? AS user_id, ? AS before)
     SELECT ", timed_reservation_columns!(own), "
     FROM page
     LEFT JOIN reservations AS last ON last.user_id = page.user_id AND last.reservation_id = page.before
     CROSS JOIN LATERAL (
         SELECT * FROM reservations AS one
         WHERE one.user_id = page.user_id
           AND (one.held_at, one.reservation_id) < (coalesce(last.held_at, 'infinity'), page.before)
         ORDER BY one.held_at DESC, one.reservation_id DESC LIMIT ?
     ) AS own
     ORDER BY own.held_at DESC, own.reservation_id DESC"
}

statement! {
    /// Reads holds whose time is up and that are not yet stored as expired, oldest first. What has not ended is held; the
    /// index says it like this.
    FindHoldsToExpire { limit: i64 => BigInt } -> LapsedRow;
    "SELECT ", lapsed_columns!(), " FROM reservations
     WHERE ended_at IS NULL AND expires_at <= statement_timestamp() ORDER BY expires_at LIMIT ?"
}

statement! {
    /// Locks reservations: those named by user and id, and the held ones of the users named. Each row lock is taken by a
    /// look-up of its own, as with passes.
    LockReservations {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
        holder_concert_id: Vec<Uuid> => Array<SqlUuid>,
        holder_user_id: Vec<Uuid> => Array<SqlUuid>,
    } -> KnownReservationRow;
    "SELECT ", known_reservation_columns!(own), "
     FROM (
         SELECT named.user_id, named.reservation_id FROM ", arrays!(named: user_id, reservation_id), "
         UNION
         SELECT held.user_id, held.reservation_id
         FROM ", arrays!(holder: concert_id, user_id), "
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
    /// Reads reservations by user and id, without locking them.
    FindReservations {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
    } -> KnownReservationRow;
    "SELECT ", known_reservation_columns!(own), "
     FROM ", arrays!(named: user_id, reservation_id), "
     JOIN reservations AS own ON own.user_id = named.user_id AND own.reservation_id = named.reservation_id"
}

statement! {
    /// Counts the seats that users have bought of concerts, by reservation, but for those that were refunded.
    CountBought {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        user_id: Vec<Uuid> => Array<SqlUuid>,
    } -> BoughtRow;
    "SELECT ", bought_columns!(holder), "
     FROM ", arrays!(holder: concert_id, user_id), "
     CROSS JOIN LATERAL (
         SELECT performance_id, reservation_id FROM reservations
         WHERE concert_id = holder.concert_id AND user_id = holder.user_id AND state = 'PAID' OFFSET 0
     ) AS paid
     CROSS JOIN LATERAL (
         SELECT count(*) AS seats FROM reservation_seats
         WHERE performance_id = paid.performance_id AND reservation_id = paid.reservation_id AND state = 'SOLD'
     ) AS bought"
}

statement! {
    /// Adds reservations.
    InsertReservations {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        user_id: Vec<Uuid> => Array<SqlUuid>,
        amount: Vec<Decimal> => Array<Numeric>,
        state: Vec<&'static str> => Array<Text>,
        held_at: Vec<Timestamp> => Array<Timestamptz>,
        expires_at: Vec<Timestamp> => Array<Timestamptz>,
        payment_id: Vec<Option<Uuid>> => Array<Nullable<SqlUuid>>,
        ended_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
    };
    "INSERT INTO reservations (", reservation_columns!(), ")
     SELECT ", reservation_columns!(unnest)
}

statement! {
    /// Writes changed reservations.
    UpdateReservations {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
        state: Vec<&'static str> => Array<Text>,
        payment_id: Vec<Option<Uuid>> => Array<Nullable<SqlUuid>>,
        ended_at: Vec<Option<Timestamp>> => Array<Nullable<Timestamptz>>,
    };
    "UPDATE reservations AS reservation
     SET state = new.state, payment_id = new.payment_id, ended_at = new.ended_at
     FROM ", arrays!(new: user_id, reservation_id, state, payment_id, ended_at), "
     WHERE reservation.user_id = new.user_id AND reservation.reservation_id = new.reservation_id"
}

/// Puts reservations together from their rows and those of their seats.
pub(crate) fn assemble(
    rows: Vec<KnownReservationRow>,
    seats: Vec<ReservedSeatRow>,
) -> Result<Vec<Reservation>, CorruptRow> {
    let mut seats_of: BTreeMap<Uuid, Vec<ReservedSeat>> = BTreeMap::new();
    for row in seats {
        seats_of.entry(row.reservation_id).or_default().push(row.try_into()?);
    }
    let with_seats = |row: KnownReservationRow| {
        let seats = seats_of.remove(&row.reservation.reservation_id).unwrap_or_default();
        reservation(row, seats)
    };
    rows.into_iter().map(with_seats).collect()
}

/// The statement that reads the seats of reservations.
pub(crate) fn seats_of(rows: &[KnownReservationRow]) -> FindSeatsOfReservations {
    FindSeatsOfReservations {
        performance_id: rows.iter().map(|row| row.reservation.performance_id).collect(),
        reservation_id: rows.iter().map(|row| row.reservation.reservation_id).collect(),
    }
}

fn reservation(known: KnownReservationRow, mut seats: Vec<ReservedSeat>) -> Result<Reservation, CorruptRow> {
    let KnownReservationRow { reservation: row, performance_cancelled_at } = known;
    seats.sort_by_key(|seat| seat.number);
    let state = match (row.state.as_str(), row.payment_id.map(PaymentId::new), row.ended_at) {
        ("HELD", ..) => ReservationState::Held,
        ("PAID", Some(payment_id), Some(at)) => ReservationState::Paid { payment_id, at },
        ("EXPIRED", _, Some(at)) => ReservationState::Expired { at },
        ("CANCELLED", _, Some(at)) => ReservationState::Cancelled { at },
        ("REFUNDED", Some(payment_id), Some(at)) => ReservationState::Refunded { payment_id, at },
        _ => return Err(CorruptRow::new("state of a reservation", row.state)),
    };
    Ok(Reservation {
        id: ReservationId::new(row.reservation_id),
        concert_id: ConcertId::new(row.concert_id),
        performance_id: PerformanceId::new(row.performance_id),
        user_id: UserId::new(row.user_id),
        seats,
        amount: amount("amount of a reservation", row.amount)?,
        state,
        held_at: row.held_at,
        expires_at: row.expires_at,
        performance_cancelled_at,
    })
}

/// The columns that a reservation's state is stored in.
struct StateColumns {
    state: &'static str,
    payment_id: Option<Uuid>,
    ended_at: Option<Timestamp>,
}

impl StateColumns {
    fn of(reservation: &Reservation) -> Self {
        let (state, payment_id, ended_at) = match reservation.state {
            ReservationState::Held => ("HELD", None, None),
            ReservationState::Paid { payment_id, at } => ("PAID", Some(payment_id), Some(at)),
            ReservationState::Expired { at } => ("EXPIRED", None, Some(at)),
            ReservationState::Cancelled { at } => ("CANCELLED", None, Some(at)),
            ReservationState::Refunded { payment_id, at } => ("REFUNDED", Some(payment_id), Some(at)),
        };
        Self { state, payment_id: payment_id.map(PaymentId::uuid), ended_at }
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
            user_id: footprint.reservations.iter().map(|(user_id, _)| user_id.uuid()).collect(),
            reservation_id: footprint.reservations.iter().map(|(_, id)| id.uuid()).collect(),
            holder_concert_id: footprint.holders.iter().map(|(concert_id, _)| concert_id.uuid()).collect(),
            holder_user_id: footprint.holders.iter().map(|(_, user_id)| user_id.uuid()).collect(),
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

/// Counts the seats that the holders have bought.
pub(super) async fn load_bought(
    lease: &Lease,
    footprint: &Footprint,
    bought: &mut HashMap<(ConcertId, UserId), u32>,
) -> Result<(), Failure> {
    if footprint.holders.is_empty() {
        return Ok(());
    }
    let statement = CountBought {
        concert_id: footprint.holders.iter().map(|(concert_id, _)| concert_id.uuid()).collect(),
        user_id: footprint.holders.iter().map(|(_, user_id)| user_id.uuid()).collect(),
    };
    for row in lease.load(statement).await? {
        let holder = (ConcertId::new(row.concert_id), UserId::new(row.user_id));
        *bought.entry(holder).or_default() += count::<u32>("number of seats bought", row.seats)?;
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let changed: Vec<&Reservation> = set.reservations.changed().collect();
    if !changed.is_empty() {
        let columns: Vec<StateColumns> = changed.iter().copied().map(StateColumns::of).collect();
        let update = UpdateReservations {
            user_id: changed.iter().map(|one| one.user_id.uuid()).collect(),
            reservation_id: changed.iter().map(|one| one.id.uuid()).collect(),
            state: columns.iter().map(|column| column.state).collect(),
            payment_id: columns.iter().map(|column| column.payment_id).collect(),
            ended_at: columns.iter().map(|column| column.ended_at).collect(),
        };
        lease.execute(update).await?;
    }
    let added: Vec<&Reservation> = set.reservations.added().collect();
    if !added.is_empty() {
        let columns: Vec<StateColumns> = added.iter().copied().map(StateColumns::of).collect();
        let insert = InsertReservations {
            concert_id: added.iter().map(|one| one.concert_id.uuid()).collect(),
            reservation_id: added.iter().map(|one| one.id.uuid()).collect(),
            performance_id: added.iter().map(|one| one.performance_id.uuid()).collect(),
            user_id: added.iter().map(|one| one.user_id.uuid()).collect(),
            amount: added.iter().map(|one| one.amount.decimal()).collect(),
            state: columns.iter().map(|column| column.state).collect(),
            held_at: added.iter().map(|one| one.held_at).collect(),
            expires_at: added.iter().map(|one| one.expires_at).collect(),
            payment_id: columns.iter().map(|column| column.payment_id).collect(),
            ended_at: columns.iter().map(|column| column.ended_at).collect(),
        };
        lease.execute(insert).await?;
    }
    Ok(())
}

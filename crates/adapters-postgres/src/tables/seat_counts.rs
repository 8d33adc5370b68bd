//! How many seats are free, of performances and of whole concerts.

use diesel::sql_types::{Array, BigInt, Bool, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::{ConcertId, PerformanceId};
use seatline_domain::seat::SeatsLeft;
use uuid::Uuid;

use super::CorruptRow;
use super::columns::count;
use crate::statement::{arrays, row, statement};

row! {
    /// The number of a performance's free seats, and the time. Seats that somebody has are counted by the index alone,
    /// which does not know whether a hold has lapsed: those are few, and come on top.
    FreeSeatsRow as free_seats_columns {
        performance_id: Uuid => SqlUuid,
        available: i64 => BigInt = "performance.total_seats - (
                SELECT count(*) FROM reservation_seats AS owner
                WHERE owner.performance_id = performance.performance_id AND owner.live
            ) + coalesce((
                SELECT lapsed.seats FROM lapsed WHERE lapsed.performance_id = performance.performance_id
            ), 0) - (
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
    /// Counts the free seats of performances.
    CountFreeSeats { performance_id: Vec<Uuid> => Array<SqlUuid> } -> FreeSeatsRow;
    "WITH page AS MATERIALIZED (SELECT statement_timestamp() AS now), lapsed AS MATERIALIZED (
         SELECT hold.performance_id, count(*) AS seats
         FROM reservations AS hold
         JOIN reservation_seats AS owner ON owner.performance_id = hold.performance_id
              AND owner.reservation_id = hold.reservation_id
         WHERE hold.ended_at IS NULL AND hold.expires_at <= statement_timestamp()
           AND owner.state = 'HELD' AND owner.held_until <= statement_timestamp()
         GROUP BY hold.performance_id
     )
     SELECT ", free_seats_columns!(performance), "
     FROM page
     CROSS JOIN ", arrays!(named: performance_id), "
     JOIN performances AS performance ON performance.performance_id = named.performance_id"
}

/// Counts the seats of a `performance` that are blocked and nobody's, as `blocked.seats`.
macro_rules! blocked_seats {
    () => {
        "CROSS JOIN LATERAL (
         SELECT count(*) AS seats FROM seats AS seat
         WHERE seat.performance_id = performance.performance_id AND seat.blocked AND NOT EXISTS (
             SELECT FROM reservation_seats AS owner
             WHERE owner.performance_id = seat.performance_id AND owner.seat_number = seat.number
               AND owner.live
               AND (owner.state = 'SOLD' OR owner.held_until > statement_timestamp()))
     ) AS blocked"
    };
}

pub(super) use blocked_seats;

row! {
    /// What is left of a concert's seats.
    SeatsLeftRow as seats_left_columns {
        concert_id: Uuid => SqlUuid,
        as_of: Timestamp => Timestamptz = "statement_timestamp()",
        last_number: i64 => BigInt,
        has_performances: bool => Bool = "EXISTS (
            SELECT FROM performances AS any_performance WHERE any_performance.concert_id = room.concert_id)",
        available: i64 => BigInt = "coalesce(unsold.available, 0)::bigint",
        held: i64 => BigInt = "coalesce(unsold.held, 0)::bigint",
    }
}

statement! {
    /// Counts what is left of concerts' seats, over the performances that have not started, whose sale has not closed and
    /// that are not cancelled, together with the last number that each room has given out: both as of one snapshot. The
    /// seats that are taken are counted, by index.
    FindSeatsLeft { concert_id: Vec<Uuid> => Array<SqlUuid> } -> SeatsLeftRow;
    "SELECT ", seats_left_columns!(room), "
     FROM ", arrays!(named: concert_id), "
     JOIN waiting_rooms AS room ON room.concert_id = named.concert_id
     CROSS JOIN LATERAL (
         SELECT sum(performance.total_seats - taken.seats - blocked.seats) AS available, sum(taken.held) AS held
         FROM performances AS performance
         CROSS JOIN LATERAL (
             SELECT count(*) AS seats, count(*) FILTER (WHERE owner.state = 'HELD') AS held
             FROM reservation_seats AS owner
             WHERE owner.performance_id = performance.performance_id AND owner.live
               AND (owner.state = 'SOLD' OR owner.held_until > statement_timestamp())
         ) AS taken
         ", blocked_seats!(), "
         WHERE performance.concert_id = room.concert_id AND performance.starts_at > statement_timestamp()
           AND (performance.sales_close_at IS NULL OR performance.sales_close_at > statement_timestamp())
           AND performance.cancelled_at IS NULL
     ) AS unsold"
}

/// How many seats of a performance are free, as of the database's time of the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FreeSeats {
    pub(crate) available: u32,
    pub(crate) as_of: Timestamp,
}

/// How many seats are free, and the performance.
pub(crate) fn free_seats(row: &FreeSeatsRow) -> Result<(PerformanceId, FreeSeats), CorruptRow> {
    let available = count("number of free seats", row.available)?;
    Ok((PerformanceId::new(row.performance_id), FreeSeats { available, as_of: row.as_of }))
}

/// What is left, and the concert.
pub(crate) fn seats_left(row: &SeatsLeftRow) -> Result<(ConcertId, SeatsLeft), CorruptRow> {
    let left = SeatsLeft {
        as_of: row.as_of,
        last_number: count("last number", row.last_number)?,
        has_performances: row.has_performances,
        available: count("number of free seats", row.available)?,
        held: count("number of held seats", row.held)?,
    };
    Ok((ConcertId::new(row.concert_id), left))
}

use diesel::sql_types::{Array, BigInt, Bool, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::seat::SeatsLeft;
use uuid::Uuid;

use super::CorruptRow;
use super::columns::count;
use crate::statement::{row, statement};

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
    /// Counts what is left of concerts' seats, over the performances that have not started, together with the last number
    /// that each room has given out: both as of one snapshot. The seats that are taken are counted, by index.
    FindSeatsLeft { concert_id: Vec<Uuid> => Array<SqlUuid> } -> SeatsLeftRow;
    "SELECT ", seats_left_columns!(room), "
     FROM unnest(?) AS named(concert_id)
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
         CROSS JOIN LATERAL (
             SELECT count(*) AS seats FROM seats AS seat
             WHERE seat.performance_id = performance.performance_id AND seat.blocked AND NOT EXISTS (
                 SELECT FROM reservation_seats AS owner
                 WHERE owner.performance_id = seat.performance_id AND owner.seat_number = seat.number
                   AND owner.live
                   AND (owner.state = 'SOLD' OR owner.held_until > statement_timestamp()))
         ) AS blocked
         WHERE performance.concert_id = room.concert_id AND performance.starts_at > statement_timestamp()
     ) AS unsold"
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

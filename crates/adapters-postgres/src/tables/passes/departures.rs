use diesel::sql_types::{Array, BigInt, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{Departure, Number};
use uuid::Uuid;

use crate::statement::{arrays, row, statement};
use crate::tables::{CorruptRow, count};

row! {
    /// A departure from a queue ahead of its turn.
    DepartureRow as departure_columns {
        concert_id: Uuid => SqlUuid = "room.concert_id",
        departure: i64 => BigInt,
        number: i64 => BigInt,
        ended_at: Timestamp => Timestamptz,
    }
}

statement! {
    /// Reads the departures of rooms after the last one that a board knows, of numbers beyond those served. The number is
    /// compared so that no index on it seems to serve: the rows are found by departure.
    FindDepartures {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        seen: Vec<i64> => Array<BigInt>,
        served: Vec<i64> => Array<BigInt>,
    } -> DepartureRow;
    "SELECT ", departure_columns!(gone), "
     FROM ", arrays!(room: concert_id, seen, served), "
     CROSS JOIN LATERAL (
         SELECT departure, number, ended_at FROM passes
         WHERE concert_id = room.concert_id AND departure > room.seen AND number + 0 > room.served
               AND ended_at IS NOT NULL
         ORDER BY departure
     ) AS gone
     ORDER BY room.concert_id, gone.departure"
}

statement! {
    /// Reads the departures of rooms of numbers beyond those served, for boards that are new to them. The rows are found
    /// by number: those who left before their number was passed long ago are not looked at.
    FindDeparturesAhead {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        served: Vec<i64> => Array<BigInt>,
    } -> DepartureRow;
    "SELECT ", departure_columns!(gone), "
     FROM ", arrays!(room: concert_id, served), "
     CROSS JOIN LATERAL (
         SELECT departure, number, ended_at FROM passes
         WHERE concert_id = room.concert_id AND number > room.served AND departure IS NOT NULL
               AND ended_at IS NOT NULL
         ORDER BY number
     ) AS gone
     ORDER BY room.concert_id, gone.departure"
}

/// A departure, and the concert whose queue it left.
pub(crate) fn departure(row: &DepartureRow) -> Result<(ConcertId, Departure), CorruptRow> {
    let number = Number::new(count("number of a pass", row.number)?);
    let sequence = count("departure", row.departure)?;
    Ok((ConcertId::new(row.concert_id), Departure { sequence, number, at: row.ended_at }))
}

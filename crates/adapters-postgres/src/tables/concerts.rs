use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Uuid as SqlUuid};
use seatline_domain::concert::{Concert, SeatLimit, Title, Venue};
use seatline_domain::id::ConcertId;
use uuid::Uuid;

use super::CorruptRow;
use super::columns::integer;
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{row, statement};

row! {
    /// A concert.
    ConcertRow as concert_columns {
        concert_id: Uuid => SqlUuid,
        title: String => Text,
        venue: String => Text,
        timezone: String => Text,
        max_seats_per_user: i32 => Integer,
    }
}

statement! {
    /// Reads one page of concerts, in the order in which they were added.
    FindConcertsAfter {
        after: Option<Uuid> => Nullable<SqlUuid>,
        limit: i64 => BigInt,
    } -> ConcertRow;
    "SELECT ", concert_columns!(), "
     FROM concerts WHERE sequence > coalesce((SELECT sequence FROM concerts WHERE concert_id = ?), 0)
     ORDER BY sequence LIMIT ?"
}

statement! {
    /// Reads concerts.
    FindConcerts { concert_ids: Vec<Uuid> => Array<SqlUuid> } -> ConcertRow;
    "SELECT ", concert_columns!(), " FROM concerts WHERE concert_id = ANY(?)"
}

statement! {
    /// Adds a concert.
    InsertConcert {
        concert_id: Uuid => SqlUuid,
        title: String => Text,
        venue: String => Text,
        timezone: &'static str => Text,
        max_seats_per_user: i32 => Integer,
    };
    "INSERT INTO concerts (", concert_columns!(), ") VALUES (?, ?, ?, ?, ?)"
}

impl TryFrom<ConcertRow> for Concert {
    type Error = CorruptRow;

    fn try_from(row: ConcertRow) -> Result<Self, CorruptRow> {
        let limit = u32::try_from(row.max_seats_per_user).ok().and_then(|limit| SeatLimit::parse(limit).ok());
        Ok(Self {
            id: ConcertId::new(row.concert_id),
            title: Title::restore(&row.title).map_err(|_| CorruptRow::new("title", row.title))?,
            venue: Venue::restore(&row.venue).map_err(|_| CorruptRow::new("venue", row.venue))?,
            timezone: row.timezone.parse().map_err(|_| CorruptRow::new("time zone", row.timezone))?,
            max_seats_per_user: limit
                .ok_or_else(|| CorruptRow::new("seats per user", row.max_seats_per_user))?,
        })
    }
}

/// Lets additions take turns until their commit. Their sequence is then the order of their commits: whoever has read one
/// concert has been able to read all before it.
const IN_TURN: &str = "LOCK TABLE concerts IN SHARE ROW EXCLUSIVE MODE";

/// Adds a concert, after those that are being added.
pub(crate) async fn insert(lease: &mut Lease, concert: &Concert) -> Result<(), Failure> {
    lease.batch(IN_TURN).await?;
    let insert = InsertConcert {
        concert_id: concert.id.uuid(),
        title: concert.title.as_str().to_owned(),
        venue: concert.venue.as_str().to_owned(),
        timezone: concert.timezone.name(),
        max_seats_per_user: integer(concert.max_seats_per_user.get()),
    };
    lease.execute(insert).await?;
    Ok(())
}

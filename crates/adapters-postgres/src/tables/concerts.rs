use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Uuid as SqlUuid};
use seatline_domain::concert::{Concert, SeatLimit, Title, Venue};
use seatline_domain::id::ConcertId;
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::CorruptRow;
use super::columns::integer;
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

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
    /// Reads the concerts of performances.
    FindConcertsOf { performance_ids: Vec<Uuid> => Array<SqlUuid> } -> ConcertRow;
    "SELECT ", concert_columns!(), " FROM concerts
     WHERE concert_id IN (SELECT concert_id FROM performances WHERE performance_id = ANY(?))"
}

statement! {
    /// Locks concerts.
    LockConcerts { concert_ids: Vec<Uuid> => Array<SqlUuid> } -> ConcertRow;
    "SELECT ", concert_columns!(), "
     FROM concerts WHERE concert_id = ANY(?) ORDER BY concert_id FOR NO KEY UPDATE"
}

statement! {
    /// Writes changed concerts.
    UpdateConcerts {
        concert_id: Vec<Uuid> => Array<SqlUuid>,
        title: Vec<String> => Array<Text>,
        venue: Vec<String> => Array<Text>,
        max_seats_per_user: Vec<i32> => Array<Integer>,
    };
    "UPDATE concerts AS concert
     SET title = new.title, venue = new.venue, max_seats_per_user = new.max_seats_per_user
     FROM ", arrays!(new: concert_id, title, venue, max_seats_per_user), "
     WHERE concert.concert_id = new.concert_id"
}

statement! {
    /// Adds a concert.
    InsertConcert {
        concert_id: Uuid => SqlUuid,
        title: String => Text,
        venue: String => Text,
        timezone: &'static str => Text,
        max_seats_per_user: i32 => Integer,
        cell: i32 => Integer,
    };
    "INSERT INTO concerts (", concert_columns!(), ", cell) VALUES (?, ?, ?, ?, ?, ?)"
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

/// Locks concerts that are to be changed.
pub(super) async fn lock(
    lease: &Lease,
    footprint: &Footprint,
    concerts: &mut TrackedRows<ConcertId, Concert>,
) -> Result<(), Failure> {
    if footprint.concerts.is_empty() {
        return Ok(());
    }
    let concert_ids = footprint.concerts.iter().map(|id| id.uuid()).collect();
    put(lease.load(LockConcerts { concert_ids }).await?, concerts)
}

/// Reads the concerts of performances as they are now.
pub(super) async fn load(
    lease: &Lease,
    footprint: &Footprint,
    concerts: &mut TrackedRows<ConcertId, Concert>,
) -> Result<(), Failure> {
    if footprint.performances.is_empty() {
        return Ok(());
    }
    let performance_ids = footprint.performances.iter().map(|id| id.uuid()).collect();
    put(lease.load(FindConcertsOf { performance_ids }).await?, concerts)
}

fn put(rows: Vec<ConcertRow>, concerts: &mut TrackedRows<ConcertId, Concert>) -> Result<(), Failure> {
    for row in rows {
        let concert = Concert::try_from(row)?;
        concerts.load(concert.id, concert);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let changed: Vec<&Concert> = set.concerts.changed().collect();
    if !changed.is_empty() {
        let update = UpdateConcerts {
            concert_id: changed.iter().map(|one| one.id.uuid()).collect(),
            title: changed.iter().map(|one| one.title.as_str().to_owned()).collect(),
            venue: changed.iter().map(|one| one.venue.as_str().to_owned()).collect(),
            max_seats_per_user: changed.iter().map(|one| integer(one.max_seats_per_user.get())).collect(),
        };
        lease.execute(update).await?;
    }
    Ok(())
}

row! {
    /// A cell.
    CellRow as cell_columns {
        cell: i32 => Integer,
        concerts: i64 => BigInt,
    }
}

statement! {
    /// All cells, and how many concerts each has.
    FindCells {} -> CellRow;
    "SELECT ", cell_columns!(), " FROM
         (SELECT cell, (SELECT count(*) FROM concerts WHERE concerts.cell = cells.cell) AS concerts FROM cells) AS counted"
}

statement! {
    /// How many cells there are.
    CountCells {} -> i64;
    "SELECT count(*) FROM cells"
}

row! {
    /// In which cell a concert is.
    CellOfConcertRow as cell_of_concert_columns {
        concert_id: Uuid => SqlUuid,
        cell: i32 => Integer,
    }
}

statement! {
    /// In which cells concerts are.
    FindCellsOf { concert_id: Vec<Uuid> => Array<SqlUuid> } -> CellOfConcertRow;
    "SELECT ", cell_of_concert_columns!(), " FROM concerts WHERE concert_id = ANY(?)"
}

statement! {
    /// In which cell the concert of a reservation is.
    FindCellOfReservation { user_id: Uuid => SqlUuid, reservation_id: Uuid => SqlUuid } -> i32;
    "SELECT concerts.cell FROM reservations JOIN concerts USING (concert_id) WHERE user_id = ? AND reservation_id = ?"
}

statement! {
    /// Has the rest of a transaction look for tables in a schema first, and not in all cells.
    EnterSchema { schema: String => Text } -> String;
    "SELECT set_config('search_path', ? || ', ' || replace(current_setting('search_path'), 'every_cell, ', ''), true)"
}

statement! {
    /// The schema in which tables are looked for first.
    CurrentSchema {} -> String;
    "SELECT coalesce(current_schema()::text, '')"
}

/// Has the rest of a transaction that reads all cells see the tables of a concert's cell alone, to write to them.
pub(crate) async fn enter_cell(lease: &Lease, concert_id: ConcertId) -> Result<(), Failure> {
    let concert = lease.load(FindCellsOf { concert_id: vec![concert_id.uuid()] }).await?;
    let cell = concert.first().map_or(0, |row| row.cell);
    // Cell 0 has none of this name, and then the tables are found that have always been there.
    let schema = format!("cell_{cell}");
    lease.load(EnterSchema { schema: schema.clone() }).await?;
    if cell == 0 {
        return Ok(());
    }
    // Bookings there would find no connection.
    if lease.is_pooled() {
        return Err(Failure::Unavailable("behind a pooler there can be only one cell".into()));
    }
    let entered = lease.load(CurrentSchema {}).await?;
    if entered != [schema.clone()] {
        return Err(Failure::Unavailable(format!("this role may not use the schema {schema}")));
    }
    Ok(())
}

/// The cell with the fewest concerts; of several the last one.
fn emptiest(cells: &[CellRow]) -> i32 {
    cells.iter().min_by_key(|row| (row.concerts, -row.cell)).map_or(0, |row| row.cell)
}

/// Lets additions take turns until their commit. Their sequence is then the order of their commits: whoever has read one
/// concert has been able to read all before it.
const IN_TURN: &str = "LOCK TABLE concerts IN SHARE ROW EXCLUSIVE MODE";

/// Adds a concert, after those that are being added.
pub(crate) async fn insert(lease: &mut Lease, concert: &Concert) -> Result<(), Failure> {
    lease.batch(IN_TURN).await?;
    let cells = lease.load(FindCells {}).await?;
    let insert = InsertConcert {
        concert_id: concert.id.uuid(),
        title: concert.title.as_str().to_owned(),
        venue: concert.venue.as_str().to_owned(),
        timezone: concert.timezone.name(),
        max_seats_per_user: integer(concert.max_seats_per_user.get()),
        cell: emptiest(&cells),
    };
    lease.execute(insert).await?;
    enter_cell(lease, concert.id).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_concert_goes_where_the_fewest_are_and_of_several_such_cells_into_the_last() {
        let cells = |concerts: &[i64]| -> Vec<_> {
            (0..).zip(concerts).map(|(cell, concerts)| CellRow { cell, concerts: *concerts }).collect()
        };
        for (concerts, expected) in
            [(&[3][..], 0), (&[0, 0], 1), (&[3, 0, 0], 2), (&[3, 1, 2], 1), (&[1, 2], 0)]
        {
            assert_eq!(emptiest(&cells(concerts)), expected, "{concerts:?}");
        }
    }
}

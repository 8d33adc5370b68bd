use std::str::FromStr;

use diesel::sql_types::{Array, Integer, Jsonb, Numeric, Text as SqlText, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::concert::NewPerformance;
use seatline_domain::point::Amount;
use seatline_domain::seat::SeatNumber;
use seatline_domain::seat::hall::{Coordinate, Hall, HallSection, Row as SeatRow, SectionPlan, SectionSeats};
use seatline_domain::text::Text;
use serde_json::{Value, json};
use uuid::Uuid;

use super::CorruptRow;
use super::columns::{amount, count, integer, seat_number};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{row, statement};

row! {
    /// A hall.
    HallRow as hall_columns {
        performance_id: Uuid => SqlUuid,
        sections: Value => Jsonb,
        accessible_seats: Vec<i32> => Array<Integer>,
    }
}

row! {
    /// The seats of a section, all of them neighbours.
    SectionRow as section_columns {
        section: String => SqlText,
        price: Decimal => Numeric,
        first_seat: i32 => Integer = "min(number)",
        last_seat: i32 => Integer = "max(number)",
    }
}

statement! {
    /// Reads halls.
    FindHalls { performance_ids: Vec<Uuid> => Array<SqlUuid> } -> HallRow;
    "SELECT ", hall_columns!(), " FROM halls WHERE performance_id = ANY(?)"
}

statement! {
    /// Reads the sections of a performance whose hall was not stored when it was added. Each was a range of seats then.
    FindSections { performance_id: Uuid => SqlUuid } -> SectionRow;
    "SELECT ", section_columns!(), " FROM seats WHERE performance_id = ? GROUP BY section, price"
}

statement! {
    /// Adds a hall.
    InsertHall {
        performance_id: Uuid => SqlUuid,
        sections: Value => Jsonb,
        accessible_seats: Vec<i32> => Array<Integer>,
    };
    "INSERT INTO halls (", hall_columns!(), ") VALUES (?, ?, ?)"
}

/// Adds the hall of a performance.
pub(crate) async fn insert(lease: &Lease, new: &NewPerformance) -> Result<(), Failure> {
    let insert = InsertHall {
        performance_id: new.performance.id.uuid(),
        sections: new.hall.sections().iter().map(section_column).collect(),
        accessible_seats: new.hall.accessible_seats().iter().map(|seat| integer(seat.get())).collect(),
    };
    lease.execute(insert).await?;
    Ok(())
}

/// A section as a list: its name, its price and its rows, each a list again.
fn section_column(section: &HallSection) -> Value {
    let row = |row: &SeatRow| {
        let SeatRow { label, first_seat, last_seat, x, y, dx, dy } = row;
        let [x, y, dx, dy] = [x, y, dx, dy].map(|coordinate| coordinate.get());
        json!([label.as_str(), first_seat.get(), last_seat.get(), x, y, dx, dy])
    };
    let rows: Vec<Value> = section.rows.iter().map(row).collect();
    json!([section.name.as_str(), section.price.to_string(), rows])
}

fn section_of(column: &Value) -> Option<HallSection> {
    let [name, price, rows] = column.as_array()?.as_slice() else { return None };
    Some(HallSection {
        name: Text::restore(name.as_str()?).ok()?,
        price: Amount::try_from(Decimal::from_str(price.as_str()?).ok()?).ok()?,
        rows: rows.as_array()?.iter().map(row_of).collect::<Option<_>>()?,
    })
}

fn row_of(column: &Value) -> Option<SeatRow> {
    let [label, first_seat, last_seat, x, y, dx, dy] = column.as_array()?.as_slice() else { return None };
    let seat = |number: &Value| SeatNumber::parse(u32::try_from(number.as_u64()?).ok()?).ok();
    let coordinate = |number: &Value| Coordinate::restore(number.as_f64()?);
    Some(SeatRow {
        label: Text::restore(label.as_str()?).ok()?,
        first_seat: seat(first_seat)?,
        last_seat: seat(last_seat).filter(|last| Some(*last) >= seat(first_seat))?,
        x: coordinate(x)?,
        y: coordinate(y)?,
        dx: coordinate(dx)?,
        dy: coordinate(dy)?,
    })
}

/// The hall of a row.
pub(crate) fn hall(row: &HallRow) -> Result<Hall, CorruptRow> {
    let sections = row.sections.as_array().and_then(|all| all.iter().map(section_of).collect::<Option<_>>());
    let sections = sections.ok_or_else(|| CorruptRow::new("sections of a hall", row.performance_id))?;
    let accessible = row.accessible_seats.iter().map(|number| seat_number(*number));
    Ok(Hall::restore(sections, accessible.collect::<Result<_, _>>()?))
}

/// The hall that follows from the sections of a performance. `None` when it has no seats, so that there is none.
pub(crate) fn hall_of_sections(rows: Vec<SectionRow>) -> Result<Option<Hall>, CorruptRow> {
    if rows.is_empty() {
        return Ok(None);
    }
    let plan = |row: SectionRow| {
        let name = Text::restore(&row.section).map_err(|_| CorruptRow::new("section", row.section))?;
        let seats = SectionSeats::Range {
            first_seat: count("first seat", row.first_seat.into())?,
            last_seat: count("last seat", row.last_seat.into())?,
        };
        Ok(SectionPlan { name, seats, price: amount("price of a seat", row.price)? })
    };
    let plans = rows.into_iter().map(plan).collect::<Result<_, CorruptRow>>()?;
    Hall::plan(plans, &[]).map(Some).map_err(|error| CorruptRow::new("sections of a performance", error))
}

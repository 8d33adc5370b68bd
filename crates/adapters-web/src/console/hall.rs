//! Halls as operators type them: for each section a name, a price, and a line for each row.

use seatline_domain::point::policy::MAX_PRICE;
use seatline_domain::seat::hall::{Hall, HallError, RowLabel, RowPlan, SectionPlan, SectionSeats};
use seatline_domain::seat::policy;

use super::parse::{amount, range, ranges, text};
use super::typed::Typed;
use crate::words::Words;

pub(super) const NAME: &str = "section-name";
pub(super) const PRICE: &str = "section-price";
pub(super) const ROWS: &str = "section-rows";
pub(super) const ACCESSIBLE: &str = "accessible";

/// A hall that could be read: its sections, and the seats that can be reached without steps.
pub(super) struct TypedHall {
    pub(super) sections: Vec<SectionPlan>,
    pub(super) accessible: Vec<i64>,
    pub(super) hall: Hall,
}

/// Reads a hall, or notes what is wrong with it.
pub(super) fn read(words: Words, typed: &mut Typed) -> Option<TypedHall> {
    let owned = |name: &str| typed.all(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let (names, prices, rows) = (owned(NAME), owned(PRICE), owned(ROWS));
    let mut sections = Vec::new();
    for (index, ((name, price), rows)) in names.iter().zip(&prices).zip(&rows).enumerate() {
        let at = |name: &str| format!("{name}-{index}");
        let name = typed.take(at(NAME), text(words, name));
        let price = typed.take(at(PRICE), amount(words, price));
        let seats = typed.take(at(ROWS), seats(words, rows));
        if let (Some(name), Some(price), Some(seats)) = (name, price, seats) {
            sections.push(SectionPlan { name, price, seats });
        }
    }
    let accessible = match typed.value(ACCESSIBLE).trim() {
        "" => Some(Vec::new()),
        list => typed.take(ACCESSIBLE, accessible(words, list)),
    };
    let (Some(accessible), true) = (accessible, typed.is_good()) else { return None };
    match Hall::plan(sections.clone(), &accessible) {
        Ok(hall) => Some(TypedHall { sections, accessible, hall }),
        Err(error) => {
            let (field, why) = refusal(words, error);
            typed.refuse(field, why);
            None
        }
    }
}

/// One range without a label, whose rows are chosen; or a labelled row on each line.
fn seats(words: Words, typed: &str) -> Result<SectionSeats, String> {
    let lines: Vec<&str> = typed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if let [only] = lines.as_slice()
        && let Some((first, last)) = range(only)
    {
        return Ok(SectionSeats::Range { first_seat: seat(first), last_seat: seat(last) });
    }
    let wrong =
        |line: &str| words.with("wrong-row", [("row", line.chars().take(40).collect::<String>().into())]);
    let row = |line: &&str| {
        let (label, numbers) = line.rsplit_once(char::is_whitespace).ok_or_else(|| wrong(line))?;
        let (first, last) = range(numbers).ok_or_else(|| wrong(line))?;
        let label = RowLabel::parse(label).map_err(|_| wrong(line))?;
        let (first_seat, last_seat) = (seat(first), seat(last));
        Ok(RowPlan { label, first_seat, last_seat, x: None, y: None, dx: None, dy: None })
    };
    match lines.iter().map(row).collect::<Result<Vec<_>, String>>()? {
        rows if rows.is_empty() => Err(words.text("wrong-rows").into_owned()),
        rows => Ok(SectionSeats::Rows(rows)),
    }
}

fn seat(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// Numbers of seats, one by one.
fn accessible(words: Words, typed: &str) -> Result<Vec<i64>, String> {
    /// More than a hall may list, so that it is the hall that refuses them.
    const READ_MAX: usize = 20_000;
    let ranges = ranges(words, typed)?;
    Ok(ranges.into_iter().flat_map(|(first, last)| first..=last).take(READ_MAX).collect())
}

/// The field that is to blame for a hall that cannot be, and why.
pub(super) fn refusal(words: Words, error: HallError) -> (String, String) {
    let of = |name: &str, section: usize| format!("{name}-{section}");
    let max = |id: &str, max: usize| words.with(id, [("max", max.into())]);
    let said = |id: &str| words.text(id).into_owned();
    let seats_max = usize::try_from(policy::MAX_SEATS_PER_PERFORMANCE).unwrap_or(usize::MAX);
    match error {
        HallError::NoSection => (of(NAME, 0), said("wrong-rows")),
        HallError::TooManySections => (of(NAME, 0), max("wrong-sections-many", policy::MAX_SECTIONS)),
        HallError::RepeatedName => (of(NAME, 0), said("wrong-names")),
        HallError::Price { section } => {
            (of(PRICE, section), words.with("wrong-price", [("max", words.points(MAX_PRICE).into())]))
        }
        HallError::SeatRange { section } | HallError::RowRange { section, .. } => {
            let highest = usize::try_from(policy::MAX_SEAT_NUMBER).unwrap_or(usize::MAX);
            (of(ROWS, section), max("wrong-range", highest))
        }
        HallError::NoRow { section } => (of(ROWS, section), said("wrong-rows")),
        HallError::RepeatedLabel { section, .. } => (of(ROWS, section), said("wrong-labels")),
        HallError::TooManyRows => (of(ROWS, 0), max("wrong-rows-many", policy::MAX_ROWS)),
        HallError::Overlap => (of(ROWS, 0), said("wrong-overlap")),
        HallError::TooManySeats => (of(ROWS, 0), max("wrong-seats-many", seats_max)),
        HallError::Coordinate { section, .. } | HallError::NoStep { section, .. } => {
            (of(ROWS, section), max("wrong-rows-many", policy::MAX_ROWS))
        }
        HallError::TooManyAccessible => {
            (ACCESSIBLE.to_owned(), max("wrong-accessible-many", policy::MAX_ACCESSIBLE_SEATS))
        }
        HallError::AccessibleUnknown { seat } => {
            let seat = [("seat", seat.to_string().into())];
            (ACCESSIBLE.to_owned(), words.with("wrong-accessible-unknown", seat))
        }
        HallError::AccessibleRepeated { seat } => {
            let seat = [("seat", seat.to_string().into())];
            (ACCESSIBLE.to_owned(), words.with("wrong-accessible-twice", seat))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    const WORDS: Words = Words(Language::English);

    #[test]
    fn rows_are_lines_and_a_range_alone_gets_rows() {
        assert_eq!(seats(WORDS, " 1-50 \n"), Ok(SectionSeats::Range { first_seat: 1, last_seat: 50 }));
        let Ok(SectionSeats::Rows(rows)) = seats(WORDS, "A 1-20\r\n\nRow B  21–40\nC 41") else { panic!() };
        let rows: Vec<_> =
            rows.iter().map(|row| (row.label.as_str(), row.first_seat, row.last_seat)).collect();
        assert_eq!(rows, [("A", 1, 20), ("Row B", 21, 40), ("C", 41, 41)]);
        for wrong in ["", "A", "A 1-20\n21-40", "A one-two", "A label that is too long 1-2"] {
            assert!(seats(WORDS, wrong).is_err(), "{wrong}");
        }
    }
}

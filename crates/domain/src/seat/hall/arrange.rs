//! Where rows are of which nobody said it.
//!
//! The front is above. Seats are one apart, and so are rows; sections lie one behind the other, from the front, in the
//! order of their seats, with a row's room between them. Rows are centred.

use super::checked_section::CheckedSection;
use super::row::{CheckedRow, Coordinate};
use super::{HallSection, Row, RowLabel};
use crate::seat::{SeatNumber, policy};
use crate::text::Text;

/// From a seat to where its room ends.
const HALF: f64 = 0.5;
/// The room between two sections.
const AISLE: f64 = 1.0;

/// Divides neighbouring seats into as few rows as [`policy::MAX_SEATS_PER_CHOSEN_ROW`] allows, of which none has two
/// seats more than another; the longer ones are behind.
pub(super) fn rows_of(first: SeatNumber, last: SeatNumber) -> Vec<CheckedRow> {
    let seats = last.get() - first.get() + 1;
    let rows = seats.div_ceil(policy::MAX_SEATS_PER_CHOSEN_ROW);
    let (short, long_rows) = (seats / rows, seats % rows);
    let mut next = first.get();
    let row = |row: u32| {
        let length = short + u32::from(row >= rows - long_rows);
        let (begin, end) = (SeatNumber::parse(next).ok()?, SeatNumber::parse(next + length - 1).ok()?);
        next += length;
        Some(CheckedRow::of(label(row)?, begin, end))
    };
    (0..rows).map_while(row).collect()
}

/// The label of a row, counted from 0: A, B … Z, AA, AB …
fn label(row: u32) -> Option<RowLabel> {
    let (mut letters, mut rest) = (Vec::new(), row + 1);
    while rest > 0 {
        rest -= 1;
        letters.push(u8::try_from(rest % 26).ok()? + b'A');
        rest /= 26;
    }
    letters.reverse();
    Text::parse(&String::from_utf8(letters).ok()?).ok()
}

/// Chooses the coordinates that nobody gave.
pub(super) fn place(sections: Vec<CheckedSection>) -> Vec<HallSection> {
    let rows = sections.iter().flat_map(|section| &section.rows);
    let width = |row: &CheckedRow| row.span().0.abs() + 2.0 * HALF;
    let centre = rows.filter(|row| row.x.is_none()).map(width).fold(0.0, f64::max) / 2.0;
    let mut front = 0.0;
    let mut placed: Vec<HallSection> = Vec::with_capacity(sections.len());
    for section in sections {
        if !placed.is_empty() {
            front += AISLE;
        }
        let rows = section.rows.into_iter().map(|row| {
            let row = place_row(row, centre, front);
            front = row.ends().into_iter().map(|(_, y)| y + HALF).fold(front, f64::max);
            row
        });
        placed.push(HallSection { name: section.name, price: section.price, rows: rows.collect() });
    }
    let (left, top) = smallest(&placed);
    if left < 0.0 || top < 0.0 {
        shift(&mut placed, (-left).max(0.0), (-top).max(0.0));
    }
    placed
}

fn place_row(row: CheckedRow, centre: f64, front: f64) -> Row {
    let (across, away) = row.span();
    let CheckedRow { label, first_seat, last_seat, x, y, dx, dy } = row;
    let x = x.unwrap_or_else(|| Coordinate::rounded(centre - across / 2.0));
    let y = y.unwrap_or_else(|| Coordinate::rounded(front + HALF - away.min(0.0)));
    Row { label, first_seat, last_seat, x, y, dx, dy }
}

fn smallest(sections: &[HallSection]) -> (f64, f64) {
    let ends = sections.iter().flat_map(|section| &section.rows).flat_map(Row::ends);
    ends.fold((0.0, 0.0), |(left, top), (x, y)| (x.min(left), y.min(top)))
}

/// Moves a hall, so that no seat is left of or above the origin.
fn shift(sections: &mut [HallSection], right: f64, down: f64) {
    for row in sections.iter_mut().flat_map(|section| &mut section.rows) {
        row.x = Coordinate::rounded(row.x.get() + right);
        row.y = Coordinate::rounded(row.y.get() + down);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: u32) -> SeatNumber {
        SeatNumber::parse(number).unwrap()
    }

    #[test]
    fn rows_are_labelled_like_columns_of_a_spreadsheet() {
        for (row, text) in
            [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA"), (2_499, "CRD")]
        {
            assert_eq!(label(row).unwrap().as_str(), text);
        }
    }

    #[test]
    fn seats_are_divided_evenly_and_every_seat_once() {
        for (first, last, lengths) in [
            (1, 1, vec![1]),
            (1, 40, vec![40]),
            (1, 41, vec![20, 21]),
            (1, 50, vec![25, 25]),
            (11, 133, vec![30, 31, 31, 31]),
        ] {
            let rows = rows_of(number(first), number(last));
            assert_eq!(rows.iter().map(CheckedRow::seats).collect::<Vec<_>>(), lengths);
            let mut next = first;
            for row in &rows {
                assert_eq!(row.first_seat.get(), next);
                next = row.last_seat.get() + 1;
            }
            assert_eq!(next, last + 1);
        }
        assert_eq!(rows_of(number(1), number(100_000)).len(), 2_500);
    }
}

//! Halls: the sections of a performance, their rows, and where each seat is. A hall never changes.

mod arrange;
mod best;
mod checked_section;
mod error;
mod plan;
mod row;
#[cfg(test)]
mod tests;

pub use best::{BestSeats, BestSeatsError, CountError};
pub use error::HallError;
pub use plan::{SectionPlan, SectionSeats};
pub use row::{Coordinate, Row, RowLabel, RowPlan};

use super::{Seat, SeatKey, SeatNumber, SeatState, policy};
use crate::id::PerformanceId;
use crate::point::Amount;
use crate::text::Text;

/// A section's name: 1 to 50 characters.
pub type SectionName = Text<50>;

/// Seats that share a name and a price, in rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HallSection {
    /// Its name, which no other section of the hall has.
    pub name: SectionName,
    /// The price of each of its seats when the performance was added. It may have changed since.
    pub price: Amount,
    /// Its rows, from the front.
    pub rows: Vec<Row>,
}

/// Where a seat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'h> {
    /// Its section.
    pub section: &'h HallSection,
    /// Its row.
    pub row: &'h Row,
    /// Its place in the row, from 1.
    pub place: u32,
}

/// The hall of a performance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hall {
    sections: Vec<HallSection>,
    /// Ascending.
    accessible_seats: Vec<SeatNumber>,
    /// The rows by their first seats: each with its last seat, its section's and its own index.
    index: Vec<(SeatNumber, SeatNumber, usize, usize)>,
    /// The rows by how far from the front their middles are: each with its section's and its own index.
    from_front: Vec<(Coordinate, usize, usize)>,
}

impl Hall {
    /// Checks the plan of a hall, divides sections into rows where nobody did, and chooses coordinates that nobody gave.
    /// Sections are sorted by their first seats. A hall that would reach to the left of or above the origin is moved.
    ///
    /// * `accessible_seats` – numbers of seats, in any order.
    ///
    /// # Errors
    /// [`HallError`] naming the first rule that is broken.
    pub fn plan(sections: Vec<SectionPlan>, accessible_seats: &[i64]) -> Result<Self, HallError> {
        if accessible_seats.len() > policy::MAX_ACCESSIBLE_SEATS {
            return Err(HallError::TooManyAccessible);
        }
        let mut hall = Self::restore(arrange::place(plan::check(sections)?), Vec::new());
        hall.accessible_seats = hall.parse_accessible(accessible_seats)?;
        Ok(hall)
    }

    /// A hall that was planned before, as it was then.
    pub fn restore(sections: Vec<HallSection>, accessible_seats: Vec<SeatNumber>) -> Self {
        let of_section = |(section, rows): (usize, &HallSection)| {
            let rows = rows.rows.iter().enumerate();
            rows.map(move |(row, one)| (one.first_seat, one.last_seat, section, row)).collect::<Vec<_>>()
        };
        let mut index: Vec<_> = sections.iter().enumerate().flat_map(of_section).collect();
        index.sort_unstable();
        let from_front = best::from_front(&sections);
        Self { sections, accessible_seats, index, from_front }
    }

    fn parse_accessible(&self, numbers: &[i64]) -> Result<Vec<SeatNumber>, HallError> {
        let known = |seat: i64| {
            let number = u32::try_from(seat).ok().and_then(|number| SeatNumber::parse(number).ok());
            let number = number.filter(|number| self.place_of(*number).is_some());
            number.ok_or(HallError::AccessibleUnknown { seat })
        };
        let mut seats = numbers.iter().map(|number| known(*number)).collect::<Result<Vec<_>, _>>()?;
        seats.sort_unstable();
        let repeated = seats.windows(2).find_map(|pair| match pair {
            [left, right] if left == right => Some(left.get().into()),
            _ => None,
        });
        match repeated {
            Some(seat) => Err(HallError::AccessibleRepeated { seat }),
            None => Ok(seats),
        }
    }

    /// The sections, by their first seats.
    pub fn sections(&self) -> &[HallSection] {
        &self.sections
    }

    /// The seats that can be reached without steps, ascending.
    pub fn accessible_seats(&self) -> &[SeatNumber] {
        &self.accessible_seats
    }

    /// One section, by its name.
    pub fn section(&self, name: &SectionName) -> Option<&HallSection> {
        self.sections.iter().find(|section| section.name == *name)
    }

    /// How many seats it has.
    pub fn total_seats(&self) -> u32 {
        self.rows().map(|(_, row)| row.seats()).sum()
    }

    /// The rows with their sections, each section's from the front.
    pub fn rows(&self) -> impl Iterator<Item = (&HallSection, &Row)> {
        self.sections.iter().flat_map(|section| section.rows.iter().map(move |row| (section, row)))
    }

    /// Where a seat is: section, row and place. Found by halving. `None` when there is no such seat.
    pub fn place_of(&self, seat: SeatNumber) -> Option<Place<'_>> {
        let after = self.index.partition_point(|(first, ..)| *first <= seat);
        let (first, last, section, row) = *self.index.get(after.checked_sub(1)?)?;
        if seat > last {
            return None;
        }
        let section = self.sections.get(section)?;
        Some(Place { section, row: section.rows.get(row)?, place: seat.get() - first.get() + 1 })
    }

    /// From the origin to the right of the last seat.
    pub fn width(&self) -> f64 {
        self.farthest(|(x, _)| x)
    }

    /// From the origin to behind the last seat.
    pub fn height(&self) -> f64 {
        self.farthest(|(_, y)| y)
    }

    fn farthest(&self, of: impl Fn((f64, f64)) -> f64) -> f64 {
        const HALF: f64 = 0.5;
        let ends = self.rows().flat_map(|(_, row)| row.ends());
        Coordinate::rounded(ends.map(of).fold(0.0, f64::max) + HALF).get()
    }

    /// All its seats, free, each at the price that its section has had from the beginning.
    pub fn free_seats(&self, performance_id: PerformanceId) -> impl Iterator<Item = Seat> {
        self.sections.iter().flat_map(move |section| {
            let name: std::sync::Arc<str> = section.name.as_str().into();
            let numbers = section.rows.iter().flat_map(|row| row.first_seat.get()..=row.last_seat.get());
            numbers.filter_map(|number| SeatNumber::parse(number).ok()).map(move |number| Seat {
                key: SeatKey { performance_id, number },
                section: name.clone(),
                price: section.price,
                state: SeatState::Available,
            })
        })
    }
}

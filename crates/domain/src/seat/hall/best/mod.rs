//! The best free seats of a hall.
//!
//! Rows are looked at from the front, those at the same distance from it together, and no further than the first that
//! has what is wanted. A row is read once: it takes a step for each of its seats.

#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use thiserror::Error;

use super::{Coordinate, Hall, HallSection, Row, SectionName};
use crate::seat::{SeatNumber, SeatSelection, policy};

/// A wish for the best free seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestSeats {
    count: usize,
    section: Option<SectionName>,
    together: bool,
}

/// Too few or too many seats are wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the number of seats must be within 1 to {}", policy::MAX_SEATS_PER_RESERVATION)]
pub struct CountError;

/// Reasons for which no seats can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum BestSeatsError {
    /// The hall has no such section.
    #[error("there is no such section")]
    SectionNotFound,
    /// Fewer seats are free.
    #[error("too few seats are free")]
    SoldOut,
    /// So many are free, but not side by side in one row.
    #[error("not so many seats are free side by side")]
    NoAdjacentSeats,
}

impl BestSeats {
    /// Checks a wish for seats anywhere.
    ///
    /// * `together` – whether they must be side by side in one row.
    ///
    /// # Errors
    /// [`CountError`] when it is for no seats, or for more than a reservation may name.
    pub fn parse(count: i64, together: bool) -> Result<Self, CountError> {
        let count = usize::try_from(count).map_err(|_| CountError)?;
        let allowed = (1..=policy::MAX_SEATS_PER_RESERVATION).contains(&count);
        if allowed { Ok(Self { count, section: None, together }) } else { Err(CountError) }
    }

    /// The same wish for seats of one section.
    #[must_use]
    pub fn of_section(self, name: SectionName) -> Self {
        Self { section: Some(name), ..self }
    }

    /// How many seats are wished for.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Where they must be.
    pub const fn section(&self) -> Option<&SectionName> {
        self.section.as_ref()
    }

    /// Whether they must be side by side.
    pub const fn together(&self) -> bool {
        self.together
    }

    /// What was asked for, in one line.
    pub fn request(&self) -> String {
        let how = if self.together { "together" } else { "anyhow" };
        let section = self.section.as_ref().map_or_else(String::new, |name| format!(" {}", name.as_str()));
        format!("best {} {how}{section}", self.count)
    }
}

/// Neighbouring seats of a row as a choice, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Block {
    /// How many single seats it leaves alone.
    alone: u8,
    /// Whether it is a pair that leaves odd stretches where even ones can be had: pairs would leave a seat of each.
    uneven: bool,
    /// Twice the distance of its middle from that of its row.
    off_middle: u32,
    first: SeatNumber,
}

impl Hall {
    /// The best of the seats that are free: nearest the front, then nearest the middle of a row. Wanted side by side, they
    /// are of one row and leave no single seat alone, and two of them no stretch of odd length, unless everything that
    /// is free at that distance from the front would.
    ///
    /// # Errors
    /// [`BestSeatsError`] saying why there are none.
    pub fn best(
        &self,
        wish: &BestSeats,
        is_free: impl Fn(SeatNumber) -> bool,
    ) -> Result<SeatSelection, BestSeatsError> {
        if wish.section().is_some_and(|name| self.section(name).is_none()) {
            return Err(BestSeatsError::SectionNotFound);
        }
        let chosen =
            if wish.together { self.best_together(wish, &is_free) } else { self.best_anyhow(wish, &is_free) };
        if let Some(seats) = chosen {
            return Ok(SeatSelection::sorted(seats));
        }
        let rows = self.nearest_first(wish).flatten();
        let free = rows.flat_map(Row::numbers).filter(|number| is_free(*number)).take(wish.count).count();
        Err(if free < wish.count { BestSeatsError::SoldOut } else { BestSeatsError::NoAdjacentSeats })
    }

    /// Whether ascending seats are neighbours in one row.
    pub fn are_side_by_side(&self, seats: &[SeatNumber]) -> bool {
        let (Some(first), Some(last)) = (seats.first(), seats.last()) else { return false };
        let neighbours = seats.windows(2).all(|pair| match pair {
            [left, right] => left.get() + 1 == right.get(),
            _ => true,
        });
        neighbours && self.place_of(*first).is_some_and(|place| *last <= place.row.last_seat)
    }

    fn best_together(
        &self,
        wish: &BestSeats,
        is_free: &impl Fn(SeatNumber) -> bool,
    ) -> Option<Vec<SeatNumber>> {
        let best = self
            .nearest_first(wish)
            .find_map(|rows| rows.filter_map(|row| row.best_block(wish.count, is_free)).min())?;
        let numbers = best.first.get()..;
        Some(numbers.map_while(|number| SeatNumber::parse(number).ok()).take(wish.count).collect())
    }

    fn best_anyhow(
        &self,
        wish: &BestSeats,
        is_free: &impl Fn(SeatNumber) -> bool,
    ) -> Option<Vec<SeatNumber>> {
        let mut seats = Vec::with_capacity(wish.count);
        for rows in self.nearest_first(wish) {
            let free = |row: &Row| {
                let numbers = row.numbers().filter(|number| is_free(*number));
                numbers.map(|number| (row.off_middle(number, 1), number)).collect::<Vec<_>>()
            };
            let mut free: Vec<_> = rows.flat_map(free).collect();
            free.sort_unstable();
            seats.extend(free.into_iter().map(|(_, number)| number).take(wish.count - seats.len()));
            if seats.len() == wish.count {
                return Some(seats);
            }
        }
        None
    }

    /// The rows that a wish allows, from the front: those at the same distance from it together.
    fn nearest_first(&self, wish: &BestSeats) -> impl Iterator<Item = impl Iterator<Item = &Row>> {
        let section = wish.section().cloned();
        self.from_front.chunk_by(|(one, ..), (other, ..)| one == other).map(move |rows| {
            let section = section.clone();
            rows.iter().filter_map(move |(_, of, row)| {
                let of = self.sections.get(*of)?;
                let allowed = section.as_ref().is_none_or(|name| *name == of.name);
                of.rows.get(*row).filter(|_| allowed)
            })
        })
    }
}

/// The rows of these sections by how far from the front their middles are, each with its section's and its own index.
pub(super) fn from_front(sections: &[HallSection]) -> Vec<(Coordinate, usize, usize)> {
    let of_section = |(section, rows): (usize, &HallSection)| {
        let rows = rows.rows.iter().enumerate();
        rows.map(move |(row, one)| (one.middle(), section, row)).collect::<Vec<_>>()
    };
    let mut rows: Vec<_> = sections.iter().enumerate().flat_map(of_section).collect();
    // Stable: the hall's order where the distance is the same.
    rows.sort_by(|(one, ..), (other, ..)| one.get().total_cmp(&other.get()));
    rows
}

impl Row {
    /// How far from the front its middle is.
    fn middle(&self) -> Coordinate {
        let [(_, first), (_, last)] = self.ends();
        Coordinate::rounded(f64::midpoint(first, last))
    }

    fn numbers(&self) -> impl Iterator<Item = SeatNumber> + use<> {
        let all: RangeInclusive<u32> = self.first_seat.get()..=self.last_seat.get();
        all.filter_map(|number| SeatNumber::parse(number).ok())
    }

    /// Twice the distance from the row's middle to that of so many neighbours.
    fn off_middle(&self, first: SeatNumber, count: u32) -> u32 {
        let ends = self.first_seat.get() + self.last_seat.get();
        (2 * first.get() + count - 1).abs_diff(ends)
    }

    /// The best of its blocks of so many free seats.
    fn best_block(&self, count: usize, is_free: &impl Fn(SeatNumber) -> bool) -> Option<Block> {
        let count = u32::try_from(count).ok()?;
        let (mut best, mut stretch): (Option<Block>, u32) = (None, 0);
        // One seat more than there are, which is not free, ends the last stretch.
        for number in self.first_seat.get()..=self.last_seat.get() + 1 {
            let free = number <= self.last_seat.get() && SeatNumber::parse(number).is_ok_and(is_free);
            if free {
                stretch += 1;
                continue;
            }
            if stretch >= count {
                let of_stretch = self.best_of_stretch(number - stretch, stretch, count);
                best = best.into_iter().chain(of_stretch).min();
            }
            stretch = 0;
        }
        best
    }

    /// The best block of a stretch of free seats.
    fn best_of_stretch(&self, first: u32, length: u32, count: u32) -> Option<Block> {
        let left_over = length - count;
        let block = |left: u32| {
            let first = SeatNumber::parse(first + left).ok()?;
            let right = left_over - left;
            Some(Block {
                alone: u8::from(left == 1) + u8::from(right == 1),
                uneven: count == 2 && left % 2 == 1 && right % 2 == 1,
                off_middle: self.off_middle(first, count),
                first,
            })
        };
        (0..=left_over).filter_map(block).min()
    }
}

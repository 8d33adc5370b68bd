//! Ranges of seats, as operators name them.

use std::fmt::Write;

use thiserror::Error;

use super::{SeatNumber, policy};

/// Error of naming ranges of seats. A range is named by its place in its list, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RangesError {
    /// No range at all.
    #[error("name at least one range of seats")]
    Nothing,
    /// More ranges than allowed.
    #[error("at most {} ranges may be named at a time", policy::MAX_RANGES_CHANGED)]
    TooMany,
    /// A range's first seat is 0, above its last, or a number is beyond the highest allowed.
    #[error("a range must run from a first to a last seat within 1 to {}", policy::MAX_SEAT_NUMBER)]
    Range {
        /// Whether it is to be blocked.
        block: bool,
        /// The range.
        range: usize,
    },
    /// Two ranges share a seat, whichever lists they are in.
    #[error("no seat may be named twice")]
    Overlap,
    /// More seats than allowed.
    #[error("at most {} seats may be named at a time", policy::MAX_SEATS_CHANGED)]
    TooManySeats,
}

/// Neighbouring numbers, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeatRange {
    /// The first.
    pub first_seat: SeatNumber,
    /// The last.
    pub last_seat: SeatNumber,
}

impl SeatRange {
    fn parse(first: i64, last: i64) -> Option<Self> {
        let number = |number: i64| SeatNumber::parse(u32::try_from(number).ok()?).ok();
        let (first_seat, last_seat) = (number(first)?, number(last)?);
        (first_seat <= last_seat).then_some(Self { first_seat, last_seat })
    }

    /// How many they are.
    pub fn seats(self) -> u32 {
        self.last_seat.get() - self.first_seat.get() + 1
    }

    /// The numbers, ascending.
    pub fn numbers(self) -> impl Iterator<Item = SeatNumber> {
        (self.first_seat.get()..=self.last_seat.get()).filter_map(|number| SeatNumber::parse(number).ok())
    }
}

/// Seats that an operator keeps back from the sale, and seats that are given back to it: none of them twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatsChange {
    block: Vec<SeatRange>,
    unblock: Vec<SeatRange>,
}

impl SeatsChange {
    /// Checks ranges, each from its first to its last seat.
    ///
    /// # Errors
    /// [`RangesError`] naming the first rule that is broken.
    pub fn parse(block: &[(i64, i64)], unblock: &[(i64, i64)]) -> Result<Self, RangesError> {
        if block.is_empty() && unblock.is_empty() {
            return Err(RangesError::Nothing);
        }
        if block.len() + unblock.len() > policy::MAX_RANGES_CHANGED {
            return Err(RangesError::TooMany);
        }
        let change = Self { block: parse_all(block, true)?, unblock: parse_all(unblock, false)? };
        let mut all: Vec<SeatRange> = change.block.iter().chain(&change.unblock).copied().collect();
        all.sort_unstable();
        if all.windows(2).any(|pair| matches!(pair, [left, right] if left.last_seat >= right.first_seat)) {
            return Err(RangesError::Overlap);
        }
        let seats: u64 = all.into_iter().map(|range| u64::from(range.seats())).sum();
        if seats > policy::MAX_SEATS_CHANGED.into() { Err(RangesError::TooManySeats) } else { Ok(change) }
    }

    /// The seats to block, ascending.
    pub fn blocked(&self) -> impl Iterator<Item = SeatNumber> {
        self.block.iter().copied().flat_map(SeatRange::numbers)
    }

    /// The seats to give back, ascending.
    pub fn unblocked(&self) -> impl Iterator<Item = SeatNumber> {
        self.unblock.iter().copied().flat_map(SeatRange::numbers)
    }

    /// All of them, ascending.
    pub fn numbers(&self) -> Vec<SeatNumber> {
        let mut numbers: Vec<_> = self.blocked().chain(self.unblocked()).collect();
        numbers.sort_unstable();
        numbers
    }

    /// What was asked for, in one line.
    pub fn request(&self) -> String {
        let told = |ranges: &[SeatRange]| tell(ranges.iter().copied());
        format!("block {} unblock {}", told(&self.block), told(&self.unblock))
    }
}

fn parse_all(ranges: &[(i64, i64)], block: bool) -> Result<Vec<SeatRange>, RangesError> {
    let parse = |(range, (first, last)): (usize, &(i64, i64))| {
        SeatRange::parse(*first, *last).ok_or(RangesError::Range { block, range })
    };
    let mut ranges = ranges.iter().enumerate().map(parse).collect::<Result<Vec<_>, _>>()?;
    ranges.sort_unstable();
    Ok(ranges)
}

/// Puts ascending numbers into as few ranges as there can be.
pub fn ranges_of(numbers: impl IntoIterator<Item = SeatNumber>) -> Vec<SeatRange> {
    let mut ranges: Vec<SeatRange> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some(range) if range.last_seat.get() + 1 == number.get() => range.last_seat = number,
            _ => ranges.push(SeatRange { first_seat: number, last_seat: number }),
        }
    }
    ranges
}

/// Ranges as people read them: `1-3, 7`.
pub fn tell(ranges: impl IntoIterator<Item = SeatRange>) -> String {
    let mut told = String::new();
    for SeatRange { first_seat, last_seat } in ranges {
        let comma = if told.is_empty() { "" } else { ", " };
        let _ = if first_seat == last_seat {
            write!(told, "{comma}{first_seat}")
        } else {
            write!(told, "{comma}{first_seat}-{last_seat}")
        };
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_seat_is_named_twice_and_not_too_many_are() {
        let change = SeatsChange::parse(&[(7, 9), (1, 2)], &[(3, 3)]).unwrap();
        assert_eq!(
            change.numbers().iter().map(|number| number.get()).collect::<Vec<_>>(),
            [1, 2, 3, 7, 8, 9]
        );
        assert_eq!(change.request(), "block 1-2, 7-9 unblock 3");
        assert_eq!(SeatsChange::parse(&[], &[]), Err(RangesError::Nothing));
        for (block, unblock) in [
            (&[(1, 2), (2, 3)][..], &[][..]),
            (&[(1, 2)], &[(1, 2)]),
            (&[], &[(5, 9), (6, 7)]),
            (&[(1, 100)], &[(50, 50)]),
        ] {
            assert_eq!(SeatsChange::parse(block, unblock), Err(RangesError::Overlap));
        }
        for bad in [(0, 1), (-1, 1), (2, 1), (1, 1_000_001), (1, i64::MAX)] {
            let refused = |block, range| Err(RangesError::Range { block, range });
            assert_eq!(SeatsChange::parse(&[(5, 5), bad], &[]), refused(true, 1));
            assert_eq!(SeatsChange::parse(&[(5, 5)], &[bad]), refused(false, 0));
        }
        assert!(SeatsChange::parse(&[(1, 20_000)], &[]).is_ok());
        assert_eq!(SeatsChange::parse(&[(1, 20_000)], &[(20_001, 20_001)]), Err(RangesError::TooManySeats));
        let many: Vec<_> = (1..=1_001).map(|n| (2 * n, 2 * n)).collect();
        assert_eq!(SeatsChange::parse(&many, &[]), Err(RangesError::TooMany));
        assert!(SeatsChange::parse(&many[1..], &[]).is_ok());
    }

    #[test]
    fn neighbours_are_told_as_ranges() {
        let numbers = |numbers: &[u32]| {
            tell(ranges_of(numbers.iter().map(|number| SeatNumber::parse(*number).unwrap())))
        };
        assert_eq!(numbers(&[1, 2, 3, 7, 9, 10]), "1-3, 7, 9-10");
        assert_eq!(numbers(&[]), "");
    }
}

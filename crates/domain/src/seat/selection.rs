use std::fmt;

use super::{SelectionError, policy};

/// A seat's number within its performance: 1 to [`policy::MAX_SEAT_NUMBER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatNumber(u32);

impl SeatNumber {
    /// Checks a number.
    ///
    /// # Errors
    /// [`SelectionError::OutOfRange`] when it is 0 or beyond the highest.
    pub fn parse(number: u32) -> Result<Self, SelectionError> {
        if (1..=policy::MAX_SEAT_NUMBER).contains(&number) {
            Ok(Self(number))
        } else {
            Err(SelectionError::OutOfRange { number: number.into() })
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for SeatNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The seats that somebody wants together: at least one, none twice, in ascending order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatSelection(Vec<SeatNumber>);

impl SeatSelection {
    /// Checks a list of numbers.
    ///
    /// # Errors
    /// [`SelectionError`] naming what is wrong with it.
    pub fn parse(numbers: &[i64]) -> Result<Self, SelectionError> {
        if numbers.is_empty() {
            return Err(SelectionError::Empty);
        }
        if numbers.len() > policy::MAX_SEATS_PER_RESERVATION {
            return Err(SelectionError::TooMany);
        }
        if numbers.iter().any(|number| *number < 1) {
            return Err(SelectionError::NotPositive);
        }
        let mut seats = numbers
            .iter()
            .map(|number| {
                u32::try_from(*number)
                    .map_err(|_| SelectionError::OutOfRange { number: *number })
                    .and_then(SeatNumber::parse)
            })
            .collect::<Result<Vec<_>, _>>()?;
        seats.sort_unstable();
        if seats.windows(2).any(|pair| matches!(pair, [left, right] if left == right)) {
            return Err(SelectionError::Repeated);
        }
        Ok(Self(seats))
    }

    /// Seats that were chosen, none twice.
    pub(super) fn sorted(mut numbers: Vec<SeatNumber>) -> Self {
        numbers.sort_unstable();
        Self(numbers)
    }

    /// The numbers, ascending.
    pub fn numbers(&self) -> &[SeatNumber] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_not_empty_sorted_and_without_repetition() {
        let selection = SeatSelection::parse(&[9, 7]).unwrap();
        assert_eq!(selection.numbers().iter().map(|n| n.get()).collect::<Vec<_>>(), [7, 9]);
        assert_eq!(SeatSelection::parse(&[]), Err(SelectionError::Empty));
        assert_eq!(SeatSelection::parse(&[7, 7]), Err(SelectionError::Repeated));
        assert_eq!(SeatSelection::parse(&[0]), Err(SelectionError::NotPositive));
        assert_eq!(SeatSelection::parse(&[-1]), Err(SelectionError::NotPositive));
        assert_eq!(SeatSelection::parse(&[1 << 31]), Err(SelectionError::OutOfRange { number: 1 << 31 }));
        assert_eq!(SeatSelection::parse(&(1..=1_000).collect::<Vec<_>>()), Err(SelectionError::TooMany));
    }
}

use std::sync::Arc;

use crate::reservation::Reservation;
use crate::seat::hall::{BestSeats, BestSeatsError, Hall};
use crate::seat::{SeatNumber, SeatSelection};

/// The seats that somebody wants, as they asked for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedSeats {
    /// By their numbers.
    Named(SeatSelection),
    /// The best that are free.
    Best(BestChoice),
}

/// Seats that were chosen for somebody who wants the best, from a seat map that was read after they asked. Whether they
/// are still free is decided by the hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestChoice {
    /// The wish.
    pub wish: BestSeats,
    /// The hall.
    pub hall: Arc<Hall>,
    /// The seats, or why there are none.
    pub chosen: Result<SeatSelection, BestSeatsError>,
}

impl From<SeatSelection> for WantedSeats {
    fn from(seats: SeatSelection) -> Self {
        Self::Named(seats)
    }
}

impl WantedSeats {
    /// The numbers of the seats, ascending; empty where none could be chosen.
    pub fn numbers(&self) -> &[SeatNumber] {
        match self {
            Self::Named(seats) | Self::Best(BestChoice { chosen: Ok(seats), .. }) => seats.numbers(),
            Self::Best(_) => &[],
        }
    }

    /// How many they are.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Named(seats) => seats.numbers().len(),
            Self::Best(choice) => choice.wish.count(),
        }
    }

    /// What was asked for. What is chosen for it changes; this does not.
    pub(super) fn request(&self) -> String {
        match self {
            Self::Named(seats) => {
                let seats: Vec<_> = seats.numbers().iter().map(ToString::to_string).collect();
                seats.join(",")
            }
            Self::Best(choice) => choice.wish.request(),
        }
    }

    /// Whether a hold has what is wanted: exactly these seats, or as many as are wished for, where they are wished for.
    pub(super) fn are_of(&self, own: &Reservation) -> bool {
        match self {
            Self::Named(seats) => own.seat_numbers().eq(seats.numbers().iter().copied()),
            Self::Best(BestChoice { wish, hall, .. }) => {
                let numbers: Vec<_> = own.seat_numbers().collect();
                let in_section = |name: &str| own.seats.iter().all(|seat| seat.section == name);
                numbers.len() == wish.count()
                    && wish.section().is_none_or(|name| in_section(name.as_str()))
                    && (!wish.together() || hall.are_side_by_side(&numbers))
            }
        }
    }

    /// Requires that seats were chosen, where they were to be.
    pub(super) fn require_chosen(&self) -> Result<(), BestSeatsError> {
        match self {
            Self::Best(BestChoice { chosen: Err(error), .. }) => Err(*error),
            Self::Named(_) | Self::Best(_) => Ok(()),
        }
    }

    /// Requires that the hall has the section that was named, if one was.
    pub(super) fn require_section(&self) -> Result<(), BestSeatsError> {
        match self.require_chosen() {
            Err(BestSeatsError::SectionNotFound) => Err(BestSeatsError::SectionNotFound),
            _ => Ok(()),
        }
    }
}

use seatline_application::reservations::{HoldSeatsError, ReservationError};
use seatline_domain::commands::{CancelError, HoldError};
use seatline_domain::id::PerformanceId;
use seatline_domain::seat::{SeatNumber, SeatRefusal, SelectionError};

use crate::extract::sentence;
use crate::problem::{Code, Problem};

/// The errors of holding seats, beyond those of its access, key and body.
pub(super) const OF_HOLDING: &[Code] = &[
    Code::ConcertNotFound,
    Code::PerformanceNotFound,
    Code::DateNotFound,
    Code::DateAmbiguous,
    Code::SeatNotFound,
    Code::SeatHeld,
    Code::SeatSold,
    Code::SeatBlocked,
    Code::ReservationActive,
    Code::SeatLimitExceeded,
    Code::SalesNotOpen,
    Code::PerformanceStarted,
    Code::InvalidValue,
    Code::Unavailable,
];

impl From<HoldSeatsError> for Problem {
    fn from(error: HoldSeatsError) -> Self {
        match error {
            HoldSeatsError::ConcertNotFound => Self::new(Code::ConcertNotFound),
            HoldSeatsError::PerformanceNotFound => Self::new(Code::PerformanceNotFound),
            HoldSeatsError::DateNotFound => Self::new(Code::DateNotFound),
            HoldSeatsError::DateAmbiguous(performances) => {
                Self::new(Code::DateAmbiguous).performances(performances.into_iter().map(PerformanceId::uuid))
            }
            HoldSeatsError::Turn(refusal) => refusal.into(),
            HoldSeatsError::Hold(error) => error.into(),
        }
    }
}

impl From<HoldError> for Problem {
    fn from(error: HoldError) -> Self {
        match error {
            HoldError::SalesNotOpen => Self::new(Code::SalesNotOpen),
            HoldError::PerformanceStarted => Self::new(Code::PerformanceStarted),
            HoldError::SeatNotFound(seats) => Self::new(Code::SeatNotFound).seats(numbers(seats)),
            HoldError::SeatTaken(SeatRefusal::Sold, seats) => Self::new(Code::SeatSold).seats(numbers(seats)),
            HoldError::SeatTaken(SeatRefusal::Blocked, seats) => {
                Self::new(Code::SeatBlocked).seats(numbers(seats))
            }
            HoldError::SeatTaken(SeatRefusal::Held, seats) => Self::new(Code::SeatHeld).seats(numbers(seats)),
            HoldError::ReservationActive => Self::new(Code::ReservationActive),
            HoldError::SeatLimitExceeded { limit } => Self::new(Code::SeatLimitExceeded).limit(limit),
            HoldError::KeyReused(reused) => reused.into(),
            HoldError::Storage(error) => error.into(),
        }
    }
}

fn numbers(seats: Vec<SeatNumber>) -> impl Iterator<Item = i64> {
    seats.into_iter().map(|seat| seat.get().into())
}

impl From<ReservationError> for Problem {
    fn from(error: ReservationError) -> Self {
        match error {
            ReservationError::NotFound => Self::new(Code::ReservationNotFound),
            ReservationError::Storage(error) => error.into(),
        }
    }
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::NotFound => Self::new(Code::ReservationNotFound),
            CancelError::NotCancellable => Self::new(Code::ReservationNotCancellable),
            CancelError::Storage(error) => error.into(),
        }
    }
}

impl From<SelectionError> for Problem {
    fn from(error: SelectionError) -> Self {
        match error {
            SelectionError::OutOfRange { number } => Self::new(Code::SeatNotFound).seats([number]),
            SelectionError::Empty
            | SelectionError::Repeated
            | SelectionError::TooMany
            | SelectionError::NotPositive => Self::invalid("seatNumbers", sentence(&error)),
        }
    }
}

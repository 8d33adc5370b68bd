use thiserror::Error;

use super::Command;
use super::release_hold::{HoldEnd, release_hold};
use crate::Timestamp;
use crate::id::{ReservationId, UserId};
use crate::reservation::{Reservation, ReservationState};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Cancels an unpaid hold, so that its seats are free at once. Repeatable; an expired one stays expired.
#[derive(Debug, Clone)]
pub struct CancelReservationCommand {
    /// The user to whom it belongs.
    pub user_id: UserId,
    /// The reservation.
    pub reservation_id: ReservationId,
}

/// Error of cancelling a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CancelError {
    /// The user has no such reservation.
    #[error("there is no such reservation")]
    NotFound,
    /// It is paid.
    #[error("the reservation is paid")]
    NotCancellable,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Command for CancelReservationCommand {
    type Success = Reservation;
    type Error = CancelError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.reservations.insert((self.user_id, self.reservation_id));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Reservation, CancelError> {
        let reservation =
            set.reservations.of_user(self.reservation_id, self.user_id).ok_or(CancelError::NotFound)?;
        match reservation.state {
            ReservationState::Held => release_hold(set, self.reservation_id, HoldEnd::Cancelled, now),
            ReservationState::Expired { .. } | ReservationState::Cancelled { .. } => {}
            ReservationState::Paid { .. } | ReservationState::Refunded { .. } => {
                return Err(CancelError::NotCancellable);
            }
        }
        set.reservations.get(self.reservation_id).cloned().ok_or(CancelError::NotFound)
    }
}

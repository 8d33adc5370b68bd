use super::{CancelError, HoldEnd, Reservation, ReservationState, release_hold};
use crate::Timestamp;
use crate::id::{ReservationId, UserId};
use crate::working_set::{Command, Footprint, WorkingSet};

/// Gives up an unpaid hold, so that its seats are free at once. Repeatable; one that has lapsed stays lapsed.
#[derive(Debug, Clone)]
pub struct CancelReservationCommand {
    /// Whose.
    pub user_id: UserId,
    /// Which.
    pub reservation_id: ReservationId,
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

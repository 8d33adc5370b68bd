use super::Command;
use super::release_hold::{HoldEnd, release_hold};
use crate::Timestamp;
use crate::id::{ConcertId, ReservationId, UserId};
use crate::reservation::ReservationState;
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Records that a hold has expired. It was in nobody's way before either.
#[derive(Debug, Clone)]
pub struct ExpireHoldCommand {
    /// The concert.
    pub concert_id: ConcertId,
    /// The user to whom it belongs.
    pub user_id: UserId,
    /// The reservation.
    pub reservation_id: ReservationId,
}

impl Command for ExpireHoldCommand {
    /// Whether there was an expired hold.
    type Success = bool;
    type Error = StorageError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.reservations.insert((self.user_id, self.reservation_id));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<bool, StorageError> {
        let expired = set.reservations.of_user(self.reservation_id, self.user_id).is_some_and(|held| {
            held.state == ReservationState::Held && held.state_at(now) != ReservationState::Held
        });
        if expired {
            release_hold(set, self.reservation_id, HoldEnd::Expired, now);
        }
        Ok(expired)
    }
}

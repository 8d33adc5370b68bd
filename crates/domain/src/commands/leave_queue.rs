use thiserror::Error;

use super::Command;
use super::release_hold::{HoldEnd, release_hold};
use crate::Timestamp;
use crate::id::{ConcertId, UserId};
use crate::queue::{Number, Pass, PassEnd, PassError, PassState};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Ends a wait, or a turn together with the unpaid hold made in it. Repeatable.
#[derive(Debug, Clone)]
pub struct LeaveQueueCommand {
    /// The concert waited for.
    pub concert_id: ConcertId,
    /// The pass's number.
    pub number: Number,
    /// The user's id.
    pub user_id: UserId,
}

/// Error of leaving a queue or showing up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LeaveError {
    /// The pass is another user's, or there is none.
    #[error(transparent)]
    Pass(#[from] PassError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Command for LeaveQueueCommand {
    type Success = Pass;
    type Error = LeaveError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.rooms.insert(self.concert_id);
        footprint.passes.insert((self.concert_id, self.number));
        footprint.holders.insert((self.concert_id, self.user_id));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Pass, LeaveError> {
        set.passes.of_user(self.concert_id, self.number, self.user_id)?;
        let line_end = set.rooms.get(&self.concert_id).and_then(|room| room.line_end);
        set.passes.settle(self.concert_id, self.number, line_end.as_ref());
        let pass = set.passes.of_user(self.concert_id, self.number, self.user_id)?;
        match pass.state_at(now) {
            PassState::Waiting => {
                let room = set
                    .rooms
                    .get_mut(&self.concert_id)
                    .ok_or_else(|| StorageError::missing("the waiting room"))?;
                let departure = room.record_departure();
                set.passes.leave(self.concert_id, self.number, departure, now);
            }
            PassState::Active { .. } => {
                set.passes.end(self.concert_id, self.number, PassEnd::Left, now);
                if let Some(held) =
                    set.reservations.held_by(self.concert_id, self.user_id).map(|held| held.id)
                {
                    release_hold(set, held, HoldEnd::Cancelled, now);
                }
            }
            PassState::Ended { .. } => {}
        }
        set.passes.get(self.concert_id, self.number).cloned().ok_or(LeaveError::Pass(PassError::Unknown))
    }
}

use super::{Command, LeaveError};
use crate::Timestamp;
use crate::id::{ConcertId, UserId};
use crate::queue::{Number, Pass, PassError};
use crate::working_set::{Footprint, WorkingSet};

/// Records that an admitted person is here, so that their pass lives its full time.
#[derive(Debug, Clone)]
pub struct ShowUpCommand {
    /// The concert waited for.
    pub concert_id: ConcertId,
    /// The pass's number.
    pub number: Number,
    /// The user's id.
    pub user_id: UserId,
}

impl Command for ShowUpCommand {
    type Success = Pass;
    type Error = LeaveError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.passes.insert((self.concert_id, self.number));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Pass, LeaveError> {
        set.passes.of_user(self.concert_id, self.number, self.user_id)?;
        set.passes.show_up(self.concert_id, self.number, now);
        set.passes.get(self.concert_id, self.number).cloned().ok_or(LeaveError::Pass(PassError::Unknown))
    }
}

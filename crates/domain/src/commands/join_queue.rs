use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::id::{ConcertId, UserId};
use crate::queue::{Pass, PassEnd};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Takes the next place in line, or finds the place that the user already has.
///
/// The new pass is active at once if nobody waits and there is room. Its user has to show up all the same.
#[derive(Debug, Clone)]
pub struct JoinQueueCommand {
    /// The concert waited for.
    pub concert_id: ConcertId,
    /// The user's id.
    pub user_id: UserId,
}

/// A place in line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The pass.
    pub pass: Pass,
    /// Whether this call made it.
    pub created: bool,
    /// How many people are ahead, where that is known: of a new pass it is.
    pub ahead: Option<u64>,
    /// The database's time.
    pub as_of: Timestamp,
}

/// Error of joining a queue.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JoinError {
    /// There is no such concert.
    #[error("there is no such concert")]
    ConcertNotFound,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Command for JoinQueueCommand {
    type Success = Joined;
    type Error = JoinError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.active_counts.insert(self.concert_id);
        footprint.live_passes.insert((self.concert_id, self.user_id));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Joined, JoinError> {
        if set.rooms.get(&self.concert_id).is_none() {
            return Err(JoinError::ConcertNotFound);
        }
        if let Some(pass) = set.passes.live_of(self.concert_id, self.user_id) {
            if pass.is_live(now) {
                return Ok(Joined { pass: pass.clone(), created: false, ahead: None, as_of: now });
            }
            let number = pass.number;
            set.passes.end(self.concert_id, number, PassEnd::Expired, now);
        }
        let active = set.passes.active_in(self.concert_id);
        let room = set.rooms.get_mut(&self.concert_id).ok_or(JoinError::ConcertNotFound)?;
        let ahead = room.waiting;
        let at_once = ahead == 0 && room.vacancies(active, now) > 0;
        let mut pass = Pass::waiting(self.concert_id, room.take_number(), self.user_id, now);
        if at_once {
            room.throttle.consume(room.settings.admit_per_minute, 1, now);
            room.serve(pass.number);
            pass.admit(&room.settings, now);
        }
        set.passes.insert(pass.clone());
        Ok(Joined { pass, created: true, ahead: Some(ahead), as_of: now })
    }
}

use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::id::{ConcertId, UserId};
use crate::queue::{Pass, PassEnd, RoomStatus};
use crate::seat::SeatsLeft;
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Takes the next place in line, or finds the place that the user already has. Where nothing is left there is no line.
///
/// The new pass is active at once if nobody waits and there is room. Its user has to show up all the same.
#[derive(Debug, Clone)]
pub struct JoinQueueCommand {
    /// The concert waited for.
    pub concert_id: ConcertId,
    /// The user's id.
    pub user_id: UserId,
    /// What is left of the concert's seats, where that was looked at: a room that is marked as sold out takes nobody
    /// without.
    pub seats_left: Option<SeatsLeft>,
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
    /// The status of the room.
    pub room_status: RoomStatus,
}

/// Error of joining a queue.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JoinError {
    /// There is no such concert.
    #[error("there is no such concert")]
    ConcertNotFound,
    /// Nothing is left, or was when the room was last looked at.
    #[error("nothing is left")]
    SoldOut,
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
        let room = set.rooms.get(&self.concert_id).ok_or(JoinError::ConcertNotFound)?;
        let (line_end, room_status) = (room.line_end, room.status);
        let sold_out = self.seats_left.map_or(room.sold_out, |left| left.are_sold_out());
        let before = set.passes.live_of(self.concert_id, self.user_id).cloned();
        let before = before.map(|pass| pass.after_line_end(line_end.as_ref()));
        if let Some(pass) = before.as_ref().filter(|pass| pass.is_live(now)) {
            let pass = pass.clone();
            return Ok(Joined { pass, created: false, ahead: None, as_of: now, room_status });
        }
        if sold_out {
            return Err(JoinError::SoldOut);
        }
        if let Some(over) = before {
            set.passes.settle(self.concert_id, over.number, line_end.as_ref());
            set.passes.end(self.concert_id, over.number, PassEnd::Expired, now);
        }
        let active = set.passes.active_in(self.concert_id);
        let room = set.rooms.get_mut(&self.concert_id).ok_or(JoinError::ConcertNotFound)?;
        room.sold_out = false;
        let ahead = room.waiting;
        let at_once = ahead == 0 && room.vacancies(active, now) > 0;
        let mut pass = Pass::waiting(self.concert_id, room.take_number(), self.user_id, now);
        if at_once {
            room.throttle.consume(room.settings.admit_per_minute, 1, now);
            room.serve(pass.number);
            pass.admit(&room.settings, now);
        }
        set.passes.insert(pass.clone());
        Ok(Joined { pass, created: true, ahead: Some(ahead), as_of: now, room_status })
    }
}

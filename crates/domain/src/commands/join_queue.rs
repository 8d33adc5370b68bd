use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::id::{ConcertId, UserId};
use crate::idempotency::{Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use crate::queue::{Number, Pass, PassEnd, RoomStatus};
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
    /// The key that makes a retry safe, if one was sent: who has left since does not join again by it.
    pub key: Option<IdempotencyKey>,
}

/// A place in line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The pass.
    pub pass: Pass,
    /// Whether this call made it, or the first one with its key.
    pub created: bool,
    /// Whether this is the repetition of a call with the same key.
    pub replayed: bool,
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
    /// The key has joined before, and that pass is over.
    #[error("the pass that the key made or found is over")]
    Over {
        /// Its number.
        number: Number,
        /// Whether the first call with the key made it.
        created: bool,
    },
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl JoinQueueCommand {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new(format!("join {}", self.concert_id))
    }

    /// The number that the key gave before, and whether it was new then.
    fn joined_before(&self, set: &WorkingSet, now: Timestamp) -> Result<Option<(Number, bool)>, KeyReused> {
        let owner = KeyOwner::User(self.user_id);
        match set.recorded(owner, self.key.as_ref(), || self.fingerprint(), now)? {
            Some(Outcome::Joined { number, created }) => Ok(Some((*number, *created))),
            Some(_) => Err(KeyReused),
            None => Ok(None),
        }
    }

    fn record(&self, set: &mut WorkingSet, number: Number, created: bool, now: Timestamp) {
        if let Some(key) = &self.key {
            let outcome = Outcome::Joined { number, created };
            set.record(KeyOwner::User(self.user_id), key, self.fingerprint(), outcome, now);
        }
    }
}

impl Command for JoinQueueCommand {
    type Success = Joined;
    type Error = JoinError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.active_counts.insert(self.concert_id);
        footprint.live_passes.insert((self.concert_id, self.user_id));
        footprint.keys.extend(self.key.clone().map(|key| (KeyOwner::User(self.user_id), key)));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Joined, JoinError> {
        let room = set.rooms.get(&self.concert_id).ok_or(JoinError::ConcertNotFound)?;
        let (line_end, room_status) = (room.line_end, room.status);
        let sold_out = self.seats_left.map_or(room.sold_out, |left| left.are_sold_out());
        let before = set.passes.live_of(self.concert_id, self.user_id).cloned();
        let before = before.map(|pass| pass.after_line_end(line_end.as_ref()));
        let live = before.as_ref().filter(|pass| pass.is_live(now)).cloned();
        if let Some((number, created)) = self.joined_before(set, now)? {
            let over = JoinError::Over { number, created };
            let pass = live.filter(|pass| pass.number == number).ok_or(over)?;
            return Ok(Joined { pass, created, replayed: true, ahead: None, as_of: now, room_status });
        }
        if let Some(pass) = live {
            self.record(set, pass.number, false, now);
            let (created, replayed) = (false, false);
            return Ok(Joined { pass, created, replayed, ahead: None, as_of: now, room_status });
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
        self.record(set, pass.number, true, now);
        let (created, replayed) = (true, false);
        Ok(Joined { pass, created, replayed, ahead: Some(ahead), as_of: now, room_status })
    }
}

use chrono::TimeDelta;

use super::Command;
use crate::Timestamp;
use crate::queue::{ClosedRoom, Number};
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Removes passes of a room that has been closed for a while, the lowest numbers first, at most
/// [`PASSES_REMOVED_PER_STEP`](crate::queue::policy::PASSES_REMOVED_PER_STEP). All of them have ended: while anybody waits
/// or is active, nothing is removed.
#[derive(Debug, Clone)]
pub struct RemovePassesCommand {
    /// The room, and since when nothing can be bought there.
    pub room: ClosedRoom,
    /// How long passes are kept after that.
    pub keep: TimeDelta,
}

impl Command for RemovePassesCommand {
    /// How many were removed.
    type Success = u64;
    type Error = StorageError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.active_counts.insert(self.room.concert_id);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<u64, StorageError> {
        let ClosedRoom { concert_id, last_start } = self.room;
        if now.signed_duration_since(last_start) < self.keep {
            return Ok(0);
        }
        let active = set.passes.active_in(concert_id);
        let Some(room) = set.rooms.get(&concert_id) else { return Ok(0) };
        let (removed, up_to) = (room.removed_up_to, room.removable_up_to(active));
        if up_to <= removed {
            return Ok(0);
        }
        set.passes.remove_up_to(concert_id, Number::new(up_to));
        if let Some(room) = set.rooms.get_mut(&concert_id) {
            room.removed_up_to = up_to;
        }
        Ok(up_to - removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{AdmitWaitingCommand, JoinQueueCommand, LeaveQueueCommand};
    use crate::id::{ConcertId, UserId};
    use crate::queue::{Capacity, PassState, Room, RoomSettings, policy};
    use uuid::Uuid;

    const KEEP: TimeDelta = TimeDelta::days(30);

    fn concert_id() -> ConcertId {
        ConcertId::new(Uuid::nil())
    }

    fn user(number: u64) -> UserId {
        UserId::new(Uuid::from_u128(number.into()))
    }

    fn start() -> Timestamp {
        Timestamp::default()
    }

    /// A room for one person, in which so many have joined.
    fn line(people: u64) -> WorkingSet {
        let capacity = Capacity::parse(1).unwrap();
        let minutes = TimeDelta::minutes;
        let settings = RoomSettings::new(capacity, None, minutes(10), minutes(2)).unwrap();
        let mut set = WorkingSet::default();
        set.rooms.load(concert_id(), Room::open(concert_id(), settings));
        set.passes.load_active(concert_id(), 0);
        set.passes.load_queue_head(concert_id(), Number::MAX);
        for number in 1..=people {
            let join = JoinQueueCommand {
                concert_id: concert_id(),
                user_id: user(number),
                seats_left: None,
                key: None,
            };
            join.decide(&mut set, start()).unwrap();
        }
        set
    }

    fn leave(set: &mut WorkingSet, number: u64) {
        let (concert_id, user_id, number) = (concert_id(), user(number), Number::new(number));
        LeaveQueueCommand { concert_id, number, user_id }.decide(set, start()).unwrap();
    }

    fn remove(set: &mut WorkingSet, after: TimeDelta) -> u64 {
        let room = ClosedRoom { concert_id: concert_id(), last_start: start() };
        RemovePassesCommand { room, keep: KEEP }.decide(set, start() + after).unwrap()
    }

    fn left(set: &WorkingSet) -> Vec<u64> {
        set.passes.iter().map(|pass| pass.number.get()).collect()
    }

    #[test]
    fn passes_are_kept_until_their_time_is_up_to_the_instant() {
        let mut set = line(1);
        leave(&mut set, 1);
        assert_eq!(remove(&mut set, KEEP - TimeDelta::milliseconds(1)), 0);
        assert_eq!(left(&set), [1]);
        assert_eq!(remove(&mut set, KEEP), 1);
        assert!(left(&set).is_empty());
        assert_eq!(remove(&mut set, KEEP), 0, "there is nothing more");
    }

    #[test]
    fn while_anybody_waits_or_is_active_nothing_is_removed() {
        let mut set = line(2);
        assert_eq!(remove(&mut set, KEEP), 0);
        leave(&mut set, 1);
        assert_eq!(remove(&mut set, KEEP), 0, "number 2 waits");
        AdmitWaitingCommand { concert_id: concert_id() }.decide(&mut set, start()).unwrap();
        assert_eq!(remove(&mut set, KEEP), 0, "number 2 is active");
        leave(&mut set, 2);
        assert_eq!(remove(&mut set, KEEP), 2);
    }

    #[test]
    fn whoever_left_behind_the_last_number_served_is_still_counted_with() {
        let mut set = line(3);
        leave(&mut set, 3);
        leave(&mut set, 2);
        leave(&mut set, 1);
        assert_eq!(remove(&mut set, KEEP), 1);
        assert_eq!(left(&set), [2, 3]);
        let join =
            JoinQueueCommand { concert_id: concert_id(), user_id: user(4), seats_left: None, key: None };
        let joined = join.decide(&mut set, start() + KEEP).unwrap();
        assert_eq!(joined.pass.number, Number::new(4), "numbers go on");
        assert!(matches!(joined.pass.state, PassState::Active { .. }), "nobody is ahead");
        assert_eq!(remove(&mut set, KEEP), 0);
    }

    #[test]
    fn a_step_is_bounded_and_begins_with_the_lowest_numbers() {
        let people = policy::PASSES_REMOVED_PER_STEP + 2;
        let mut set = line(people);
        for number in 1..=people {
            leave(&mut set, number);
            AdmitWaitingCommand { concert_id: concert_id() }.decide(&mut set, start()).unwrap();
        }
        assert_eq!(remove(&mut set, KEEP), policy::PASSES_REMOVED_PER_STEP);
        assert_eq!(left(&set), [people - 1, people]);
        assert_eq!(remove(&mut set, KEEP), 2);
    }

    #[test]
    fn where_the_active_are_not_counted_nothing_is_removed() {
        let mut set = line(1);
        leave(&mut set, 1);
        let room = set.rooms.get(&concert_id()).unwrap().clone();
        let mut uncounted = WorkingSet::default();
        uncounted.rooms.load(concert_id(), room);
        assert_eq!(remove(&mut uncounted, KEEP), 0);
    }
}

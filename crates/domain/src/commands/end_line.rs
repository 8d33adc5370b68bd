use super::Command;
use crate::Timestamp;
use crate::id::ConcertId;
use crate::queue::LineEnd;
use crate::seat::SeatsLeft;
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Ends a room's line when nothing is left: those who wait are told so, and nobody joins before something is left again.
///
/// Those whose turn it is keep it. What is left was counted before the room was locked: when somebody has joined since,
/// the room only closes its door, and the line ends by the next count.
#[derive(Debug, Clone)]
pub struct EndLineCommand {
    /// The room's concert.
    pub concert_id: ConcertId,
    /// What is left.
    pub seats_left: SeatsLeft,
}

impl Command for EndLineCommand {
    /// The end, if this call made it.
    type Success = Option<LineEnd>;
    type Error = StorageError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.rooms.insert(self.concert_id);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Option<LineEnd>, StorageError> {
        if !self.seats_left.are_sold_out() || set.rooms.get(&self.concert_id).is_none() {
            return Ok(None);
        }
        let Some(room) = set.rooms.get_mut(&self.concert_id) else { return Ok(None) };
        room.sold_out = true;
        Ok(if room.last_number == self.seats_left.last_number { room.end_line(now) } else { None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{AdmitWaitingCommand, JoinError, JoinQueueCommand, Joined, LeaveQueueCommand};
    use crate::id::UserId;
    use crate::queue::{Capacity, Number, PassEnd, PassState, Room, RoomSettings};
    use chrono::TimeDelta;
    use uuid::Uuid;

    fn now() -> Timestamp {
        Timestamp::default()
    }

    fn concert_id() -> ConcertId {
        ConcertId::new(Uuid::nil())
    }

    fn user(number: u64) -> UserId {
        UserId::new(Uuid::from_u128(number.into()))
    }

    fn seats_left(available: u64, held: u64, last_number: u64) -> SeatsLeft {
        SeatsLeft { as_of: now(), last_number, has_performances: true, available, held }
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
            join(&mut set, number, None).unwrap();
        }
        set
    }

    fn join(set: &mut WorkingSet, by: u64, seats_left: Option<SeatsLeft>) -> Result<Joined, JoinError> {
        let (concert_id, user_id) = (concert_id(), user(by));
        JoinQueueCommand { concert_id, user_id, seats_left, key: None }.decide(set, now())
    }

    fn end(set: &mut WorkingSet, seats_left: SeatsLeft) -> Option<LineEnd> {
        EndLineCommand { concert_id: concert_id(), seats_left }.decide(set, now()).unwrap()
    }

    fn stored(set: &WorkingSet, number: u64) -> PassState {
        set.passes.get(concert_id(), Number::new(number)).unwrap().state
    }

    #[test]
    fn a_line_goes_on_while_a_seat_is_free_or_held() {
        let mut set = line(3);
        for left in [seats_left(1, 0, 3), seats_left(0, 1, 3)] {
            assert_eq!(end(&mut set, left), None);
            assert!(!set.rooms.get(&concert_id()).unwrap().sold_out);
        }
    }

    #[test]
    fn a_line_ends_for_all_who_wait_and_not_for_who_is_active() {
        let mut set = line(3);
        let ended = end(&mut set, seats_left(0, 0, 3)).unwrap();
        assert!(
            !ended.covers(Number::new(1)) && ended.covers(Number::new(2)) && ended.covers(Number::new(3))
        );
        let room = set.rooms.get(&concert_id()).unwrap();
        assert_eq!((room.waiting, room.now_serving, room.last_number), (0, 3, 3));
        assert!(matches!(stored(&set, 1), PassState::Active { .. }));
        assert!(join(&mut set, 1, None).is_ok_and(|joined| !joined.created), "a turn is a turn");
        assert_eq!(join(&mut set, 2, None).err(), Some(JoinError::SoldOut));
        assert_eq!(join(&mut set, 4, Some(seats_left(0, 0, 3))).err(), Some(JoinError::SoldOut));
        assert_eq!(end(&mut set, seats_left(0, 0, 3)), None, "nobody waits any more");
    }

    #[test]
    fn who_joined_after_the_count_is_not_told_by_it() {
        let mut set = line(3);
        assert_eq!(end(&mut set, seats_left(0, 0, 2)), None);
        assert_eq!(join(&mut set, 4, None).err(), Some(JoinError::SoldOut), "the door is closed");
        assert!(end(&mut set, seats_left(0, 0, 3)).is_some());
    }

    #[test]
    fn what_is_left_again_opens_the_room_for_new_passes() {
        let mut set = line(3);
        end(&mut set, seats_left(0, 0, 3));
        let anew = join(&mut set, 2, Some(seats_left(1, 0, 3))).unwrap();
        assert!(anew.created && anew.pass.number == Number::new(4) && anew.ahead == Some(0));
        let over = PassState::Ended { end: PassEnd::LineEnded, at: now(), admitted_at: None };
        assert_eq!(stored(&set, 2), over);
        assert!(join(&mut set, 5, None).is_ok());
    }

    #[test]
    fn the_end_is_written_down_by_steps_of_admission() {
        let mut set = line(4);
        let leave = |number| LeaveQueueCommand {
            concert_id: concert_id(),
            number: Number::new(number),
            user_id: user(number),
        };
        leave(3).decide(&mut set, now()).unwrap();
        end(&mut set, seats_left(0, 0, 4));
        assert_eq!(stored(&set, 2), PassState::Waiting, "there may be very many");
        let left = leave(4).decide(&mut set, now()).unwrap();
        let over = PassState::Ended { end: PassEnd::LineEnded, at: now(), admitted_at: None };
        assert_eq!(left.state, over, "what has ended cannot be left");
        set.passes.load_line_end(concert_id(), Number::MAX);
        let later = now() + TimeDelta::seconds(9);
        let step = AdmitWaitingCommand { concert_id: concert_id() }.decide(&mut set, later).unwrap();
        assert!(step.numbers.is_empty());
        assert_eq!([2, 4].map(|number| stored(&set, number)), [over, over]);
        assert!(matches!(stored(&set, 3), PassState::Ended { end: PassEnd::Left, .. }));
        assert!(set.rooms.get(&concert_id()).unwrap().line_end.unwrap().is_written());
        assert_eq!(set.rooms.get(&concert_id()).unwrap().departures, 1);
    }
}

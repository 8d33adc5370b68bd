use chrono::TimeDelta;

use super::{LineEnd, Number, PassEnd, PassRefusal, PassState, RoomSettings, RoomStatus, policy};
use crate::Timestamp;
use crate::id::{ConcertId, UserId};

/// Claims of a queue token: its user's place in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueClaims {
    /// The user's id.
    pub user_id: UserId,
    /// The concert waited for.
    pub concert_id: ConcertId,
    /// The place in line.
    pub number: Number,
    /// The instant of joining.
    pub issued_at: Timestamp,
}

/// One person's place in one line, and their turn when it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// The concert waited for.
    pub concert_id: ConcertId,
    /// The place in line.
    pub number: Number,
    /// The user's id.
    pub user_id: UserId,
    /// The instant of joining.
    pub issued_at: Timestamp,
    /// Its state. An active pass whose time is up counts as expired, whether or not that was written yet.
    pub state: PassState,
    /// Its place among those that left the line early, if it did.
    pub departure: Option<u64>,
}

impl Pass {
    /// The pass of somebody who joins now.
    pub const fn waiting(concert_id: ConcertId, number: Number, user_id: UserId, now: Timestamp) -> Self {
        Self { concert_id, number, user_id, issued_at: now, state: PassState::Waiting, departure: None }
    }

    /// The instant at which it expires; `None` unless it is active.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            PassState::Active { expires_at, show_up_by, .. } => {
                Some(show_up_by.map_or(expires_at, |by| by.min(expires_at)))
            }
            PassState::Waiting | PassState::Ended { .. } => None,
        }
    }

    /// Its state at an instant: active passes whose time is up have expired.
    pub fn state_at(&self, now: Timestamp) -> PassState {
        match (self.state, self.deadline()) {
            (PassState::Active { admitted_at, .. }, Some(deadline)) if deadline <= now => {
                PassState::Ended { end: PassEnd::Expired, at: deadline, admitted_at: Some(admitted_at) }
            }
            (state, _) => state,
        }
    }

    /// The same pass as its room's last end of the line leaves it, written down or not.
    #[must_use]
    pub fn after_line_end(mut self, line_end: Option<&LineEnd>) -> Self {
        if let Some(line_end) = line_end.filter(|line_end| line_end.covers(self.number))
            && self.state == PassState::Waiting
        {
            self.end(PassEnd::LineEnded, line_end.at);
        }
        self
    }

    /// Whether it is waiting or active.
    pub fn is_live(&self, now: Timestamp) -> bool {
        !matches!(self.state_at(now), PassState::Ended { .. })
    }

    /// Whether its user has been admitted and still has to show up.
    pub fn is_expected(&self, now: Timestamp) -> bool {
        matches!(self.state_at(now), PassState::Active { show_up_by: Some(_), .. })
    }

    /// Whether it is its user's turn.
    ///
    /// # Errors
    /// [`PassRefusal::Waiting`] before it, [`PassRefusal::Ended`] after it.
    pub fn require_active(&self, now: Timestamp) -> Result<(), PassRefusal> {
        match self.state_at(now) {
            PassState::Active { .. } => Ok(()),
            PassState::Waiting => Err(PassRefusal::Waiting),
            PassState::Ended { end, .. } => Err(PassRefusal::Ended(end)),
        }
    }

    /// Admits a waiting pass. Its user has to show up, also where they have just joined: many do, and never come back.
    pub fn admit(&mut self, settings: &RoomSettings, now: Timestamp) {
        if self.state == PassState::Waiting {
            self.state = PassState::Active {
                admitted_at: now,
                expires_at: now + settings.pass_ttl(),
                show_up_by: Some(now + settings.show_up_within()),
                ends_by: now + settings.pass_life_max(),
            };
        }
    }

    /// Records that its user is here. Says whether that was news.
    pub fn show_up(&mut self, now: Timestamp) -> bool {
        let expected = self.is_expected(now);
        if let PassState::Active { show_up_by, .. } = &mut self.state
            && expected
        {
            *show_up_by = None;
        }
        expected
    }

    /// Makes an active pass last at least until an instant, so that it never ends before the hold it made; but never
    /// beyond the instant at which it ends whatever it holds.
    pub fn extend_to(&mut self, until: Timestamp) {
        if let PassState::Active { expires_at, ends_by, .. } = &mut self.state {
            *expires_at = until.min(*ends_by).max(*expires_at);
        }
    }

    /// The instant at which a hold made now ends that would last for `ttl`: none outlasts the turn that it is made in.
    ///
    /// # Errors
    /// As [`require_active`](Self::require_active); the turn counts as over when it leaves a hold no time to be paid.
    pub fn hold_until(&self, ttl: TimeDelta, now: Timestamp) -> Result<Timestamp, PassRefusal> {
        self.require_active(now)?;
        let wanted = now + ttl;
        let PassState::Active { expires_at, ends_by, .. } = self.state else { return Ok(wanted) };
        let until = wanted.min(ends_by.max(expires_at));
        if until - now < policy::SHORTEST_HOLD.min(ttl) {
            return Err(PassRefusal::Ended(PassEnd::Expired));
        }
        Ok(until)
    }

    /// Ends it, at its deadline when that has passed. Does nothing to a pass that has ended.
    pub fn end(&mut self, end: PassEnd, now: Timestamp) {
        self.state = match self.state_at(now) {
            PassState::Waiting => PassState::Ended { end, at: now, admitted_at: None },
            PassState::Active { admitted_at, .. } => {
                PassState::Ended { end, at: now, admitted_at: Some(admitted_at) }
            }
            ended @ PassState::Ended { .. } => ended,
        };
    }
}

/// A pass as it was read, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassAt {
    /// The pass.
    pub pass: Pass,
    /// The database's time when it was read.
    pub as_of: Timestamp,
    /// The status of its room.
    pub room_status: RoomStatus,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::Capacity;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn pass() -> Pass {
        let (concert, user) = (ConcertId::new(Uuid::nil()), UserId::new(Uuid::nil()));
        Pass::waiting(concert, Number::new(1), user, Timestamp::default())
    }

    fn after(seconds: i64) -> Timestamp {
        Timestamp::default() + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_no_show_expires_early_and_a_sign_of_life_prevents_it() {
        let (mut absent, mut present) = (pass(), pass());
        let settings = RoomSettings::default();
        absent.admit(&settings, after(0));
        present.admit(&settings, after(0));
        assert!(present.show_up(after(119)));
        assert!(!present.show_up(after(119)), "only the first sign of life is news");
        assert_eq!(absent.require_active(after(119)), Ok(()));
        assert_eq!(absent.require_active(after(120)), Err(PassRefusal::Ended(PassEnd::Expired)));
        assert!(!absent.show_up(after(120)), "too late");
        assert_eq!(present.require_active(after(599)), Ok(()));
        assert_eq!(present.require_active(after(600)), Err(PassRefusal::Ended(PassEnd::Expired)));
    }

    #[test]
    fn a_hold_extends_its_pass() {
        let mut pass = pass();
        pass.admit(&RoomSettings::default(), after(0));
        pass.show_up(after(1));
        pass.extend_to(after(300));
        assert_eq!(pass.deadline(), Some(after(600)), "never shortened");
        pass.extend_to(after(800));
        assert_eq!(pass.require_active(after(799)), Ok(()));
        pass.extend_to(after(9_999));
        assert_eq!(pass.deadline(), Some(after(1_800)), "three times its life at the most");
    }

    #[test]
    fn a_hold_near_the_end_of_a_turn_ends_with_it() {
        let (mut pass, ttl) = (pass(), TimeDelta::minutes(5));
        assert_eq!(pass.hold_until(ttl, after(0)), Err(PassRefusal::Waiting));
        pass.admit(&RoomSettings::default(), after(0));
        pass.show_up(after(1));
        pass.extend_to(after(1_700));
        assert_eq!(pass.hold_until(ttl, after(1_400)), Ok(after(1_700)));
        assert_eq!(pass.hold_until(ttl, after(1_600)), Ok(after(1_800)));
        pass.extend_to(after(1_800));
        let over = Err(PassRefusal::Ended(PassEnd::Expired));
        let last = after(1_800) - policy::SHORTEST_HOLD;
        assert_eq!(pass.hold_until(ttl, last), Ok(after(1_800)));
        assert_eq!(pass.hold_until(ttl, last + TimeDelta::milliseconds(1)), over, "no time to pay");
        let short = TimeDelta::milliseconds(10);
        assert_eq!(
            pass.hold_until(short, after(1_800) - short),
            Ok(after(1_800)),
            "all that a hold ever has"
        );
        assert_eq!(pass.hold_until(ttl, after(1_800)), over);
    }

    proptest! {
        #[test]
        fn whatever_is_held_in_it_a_turn_ends_in_time(
            pass_ttl in 1_i64..100,
            hold_ttl in 1_i64..500,
            pauses_ms in proptest::collection::vec(0_i64..20_000, 1..60),
        ) {
            let (second, mut pass, mut now) = (TimeDelta::seconds, pass(), after(0));
            let settings =
                RoomSettings::new(Capacity::default(), None, second(pass_ttl), second(pass_ttl)).unwrap();
            pass.admit(&settings, now);
            for pause_ms in pauses_ms {
                now += TimeDelta::milliseconds(pause_ms);
                let Ok(until) = pass.hold_until(second(hold_ttl), now) else { continue };
                pass.show_up(now);
                pass.extend_to(until);
                prop_assert!(until > now && until <= now + second(hold_ttl));
                prop_assert!(pass.deadline() >= Some(until), "a pass outlasts the hold that it made");
            }
            prop_assert!(pass.deadline() <= Some(after(3 * pass_ttl)));
            prop_assert!(!pass.is_live(after(3 * pass_ttl)));
        }
    }

    #[test]
    fn a_pass_ends_once_and_expired_ones_at_their_deadline() {
        let mut pass = pass();
        assert_eq!(pass.require_active(after(0)), Err(PassRefusal::Waiting));
        pass.admit(&RoomSettings::default(), after(0));
        pass.show_up(after(1));
        pass.end(PassEnd::Left, after(700));
        let expired = PassState::Ended { end: PassEnd::Expired, at: after(600), admitted_at: Some(after(0)) };
        assert_eq!(pass.state, expired);
        pass.end(PassEnd::Completed, after(701));
        pass.admit(&RoomSettings::default(), after(702));
        assert_eq!(pass.state, expired);
    }
}

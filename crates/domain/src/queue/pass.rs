use std::fmt;

use super::{PassEnd, PassRefusal, PassState, RoomSettings};
use crate::Timestamp;
use crate::id::{ConcertId, UserId};

/// A place in line: 1, 2, 3, … in the order in which the joins were committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(u64);

impl Number {
    /// Beyond every place in line.
    pub const MAX: Self = Self(u64::MAX);

    /// Wraps a number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

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

    /// Admits a waiting pass. `present` says that its user is here already, so that they need not show up again.
    pub fn admit(&mut self, settings: &RoomSettings, present: bool, now: Timestamp) {
        if self.state == PassState::Waiting {
            self.state = PassState::Active {
                admitted_at: now,
                expires_at: now + settings.pass_ttl(),
                show_up_by: (!present).then(|| now + settings.show_up_within()),
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

    /// Makes an active pass last at least until an instant, so that it never ends before the hold it made.
    pub fn extend_to(&mut self, until: Timestamp) {
        if let PassState::Active { expires_at, .. } = &mut self.state {
            *expires_at = (*expires_at).max(until);
        }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
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
        absent.admit(&settings, false, after(0));
        present.admit(&settings, false, after(0));
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
        pass.admit(&RoomSettings::default(), true, after(0));
        pass.extend_to(after(300));
        assert_eq!(pass.deadline(), Some(after(600)), "never shortened");
        pass.extend_to(after(800));
        assert_eq!(pass.require_active(after(799)), Ok(()));
    }

    #[test]
    fn a_pass_ends_once_and_expired_ones_at_their_deadline() {
        let mut pass = pass();
        assert_eq!(pass.require_active(after(0)), Err(PassRefusal::Waiting));
        pass.admit(&RoomSettings::default(), true, after(0));
        pass.end(PassEnd::Left, after(700));
        let expired = PassState::Ended { end: PassEnd::Expired, at: after(600), admitted_at: Some(after(0)) };
        assert_eq!(pass.state, expired);
        pass.end(PassEnd::Completed, after(701));
        pass.admit(&RoomSettings::default(), true, after(702));
        assert_eq!(pass.state, expired);
    }
}

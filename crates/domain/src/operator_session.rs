//! Sessions of operators at the console, which end by time.

use chrono::TimeDelta;

use crate::Timestamp;

/// How long a session lasts without being used.
pub const IDLE_MAX: TimeDelta = TimeDelta::minutes(30);
/// How long a session lasts, however often it is used.
pub const AGE_MAX: TimeDelta = TimeDelta::hours(8);
/// How much later a use must be than the one known to be taken note of.
pub const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The times of a session, by the database's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimes {
    /// The instant at which it was opened.
    pub opened_at: Timestamp,
    /// The last use of which note was taken.
    pub used_at: Timestamp,
}

impl SessionTimes {
    /// Those of a session that is opened now.
    pub const fn opened(now: Timestamp) -> Self {
        Self { opened_at: now, used_at: now }
    }

    /// Whether the session has not ended.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now - self.used_at < IDLE_MAX && now - self.opened_at < AGE_MAX
    }

    /// The times after a use; `None` where the last one was a moment ago, and nothing needs to be noted.
    pub fn used(&self, now: Timestamp) -> Option<Self> {
        (now - self.used_at >= NOTED_EVERY).then_some(Self { used_at: now, ..*self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(minutes: i64) -> Timestamp {
        Timestamp::default() + TimeDelta::minutes(minutes)
    }

    #[test]
    fn a_session_ends_half_an_hour_after_its_last_use() {
        let session = SessionTimes::opened(after(0));
        assert!(session.is_live(after(29)) && !session.is_live(after(30)));
        let session = session.used(after(29)).unwrap();
        assert!(session.is_live(after(58)) && !session.is_live(after(59)));
    }

    #[test]
    fn no_use_makes_a_session_last_longer_than_eight_hours() {
        let mut session = SessionTimes::opened(after(0));
        for minute in 1..480 {
            session = session.used(after(minute)).unwrap();
            assert!(session.is_live(after(minute)));
        }
        assert!(!session.is_live(after(480)));
    }

    #[test]
    fn a_use_is_noted_once_a_minute() {
        let session = SessionTimes::opened(after(0));
        assert_eq!(session.used(after(1) - TimeDelta::milliseconds(1)), None);
        assert_eq!(session.used(after(1)), Some(SessionTimes { opened_at: after(0), used_at: after(1) }));
    }
}

use std::sync::Mutex;

use chrono::TimeDelta;
use seatline_domain::Timestamp;

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct FixedClock {
    now: Mutex<Timestamp>,
}

impl FixedClock {
    /// A clock that shows this instant.
    pub const fn at(now: Timestamp) -> Self {
        Self { now: Mutex::new(now) }
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    /// Moves it on.
    pub fn advance(&self, by: TimeDelta) {
        assert!(by >= TimeDelta::zero(), "time does not run backwards");
        *self.now.lock().unwrap() += by;
    }
}

impl Default for FixedClock {
    /// Noon of a day in 2026.
    fn default() -> Self {
        Self::at("2026-06-01T12:00:00Z".parse().unwrap())
    }
}

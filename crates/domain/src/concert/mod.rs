//! Concerts and their performances: what is on the programme and when it can be booked.

mod date_choice;
mod error;
mod performance;
pub mod policy;

pub use date_choice::DateChoice;
pub use error::{ConcertError, PerformanceError};
pub use performance::{
    Cancellation, NewPerformance, Performance, PerformanceAvailability, PerformanceChange, PerformanceCursor,
    PerformanceFilter, PerformancePlan,
};

use chrono_tz::Tz;

use crate::id::ConcertId;
use crate::idempotency::Fingerprint;
use crate::queue::{AdmitRate, RoomSettings};
use crate::text::Text;

/// A concert's title: 1 to 200 characters.
pub type Title = Text<200>;
/// A venue: 1 to 200 characters.
pub type Venue = Text<200>;

/// A concert. It has one waiting room and any number of performances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concert {
    /// The concert's id.
    pub id: ConcertId,
    /// Its title.
    pub title: Title,
    /// The venue.
    pub venue: Venue,
    /// The venue's time zone, which decides on what date a performance is.
    pub timezone: Tz,
    /// The most seats one user may hold and own of it, together.
    pub max_seats_per_user: SeatLimit,
}

/// What an operator wants to change of a concert; `None` keeps a thing as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConcertChange {
    /// The title.
    pub title: Option<Title>,
    /// The venue.
    pub venue: Option<Venue>,
    /// The most seats one user may hold and own of it, together.
    pub max_seats_per_user: Option<SeatLimit>,
}

impl Concert {
    /// The same concert after a change.
    #[must_use]
    pub fn changed(&self, change: &ConcertChange) -> Self {
        Self {
            title: change.title.clone().unwrap_or_else(|| self.title.clone()),
            venue: change.venue.clone().unwrap_or_else(|| self.venue.clone()),
            max_seats_per_user: change.max_seats_per_user.unwrap_or(self.max_seats_per_user),
            ..self.clone()
        }
    }
}

/// A concert that an operator adds, with its waiting room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConcert {
    /// The concert.
    pub concert: Concert,
    /// The settings of its waiting room.
    pub queue: RoomSettings,
}

impl NewConcert {
    /// What was asked for: all of it but the id. No part has a line break.
    pub fn fingerprint(&self) -> Fingerprint {
        let Concert { id: _, title, venue, timezone, max_seats_per_user } = &self.concert;
        let (capacity, rate) = (self.queue.capacity.get(), self.queue.admit_per_minute);
        let (pass_ttl, show_up_within) = (self.queue.pass_ttl(), self.queue.show_up_within());
        Fingerprint::new(format!(
            "concert {title}\n{venue}\n{timezone} {limit} {capacity} {rate:?} {pass_ttl} {show_up_within}",
            title = title.as_str(),
            venue = venue.as_str(),
            limit = max_seats_per_user.get(),
            rate = rate.map(AdmitRate::per_minute),
        ))
    }
}

/// How many seats of a concert one user may hold and own together: 1 to [`policy::MAX_SEATS_PER_USER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeatLimit(u32);

impl SeatLimit {
    /// Checks a number.
    ///
    /// # Errors
    /// [`ConcertError::SeatLimit`] when it is 0 or too large.
    pub fn parse(limit: u32) -> Result<Self, ConcertError> {
        if (1..=policy::MAX_SEATS_PER_USER).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err(ConcertError::SeatLimit)
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Default for SeatLimit {
    fn default() -> Self {
        Self(policy::DEFAULT_SEATS_PER_USER)
    }
}

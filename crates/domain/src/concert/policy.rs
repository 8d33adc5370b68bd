//! Limits of the programme.

use chrono_tz::Tz;

pub use crate::seat::policy::MAX_SEATS_PER_PERFORMANCE;

/// Seats per user and concert, unless the operator says otherwise.
pub const DEFAULT_SEATS_PER_USER: u32 = 1;
/// The most seats per user and concert that an operator may allow.
pub const MAX_SEATS_PER_USER: u32 = 100;
/// The most seats that are counted for one page, over all its performances: a page that would take more is shorter.
/// Those of the first performance are always counted.
pub const MAX_SEATS_COUNTED: u32 = 500_000;
/// A performance without sections has seats 1 to this number.
pub const DEFAULT_SEATS: u32 = 50;
/// What the one section of such a performance is called.
pub const DEFAULT_SECTION: &str = "General";
/// The time zone of a venue, unless the operator says otherwise.
pub const DEFAULT_TIMEZONE: Tz = Tz::Asia__Seoul;

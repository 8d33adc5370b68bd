//! Limits and durations of holds.

use chrono::TimeDelta;

/// How long a hold lasts, unless configured otherwise.
pub const DEFAULT_HOLD_TTL: TimeDelta = TimeDelta::minutes(5);
/// The most seats that one reservation names.
pub const MAX_SEATS_PER_RESERVATION: usize = 100;
/// The most seats that are shown of a date, over all its performances. Of more, each performance is asked for by itself.
pub const MAX_SEATS_OF_DATE: u32 = 100_000;
/// The highest seat number.
pub const MAX_SEAT_NUMBER: u32 = 1_000_000;
/// So many free seats that not all of them can be held and paid within the seconds for which a count is used.
pub const PLENTY: u64 = 1_000;
/// The most seats a performance has.
pub const MAX_SEATS_PER_PERFORMANCE: u32 = 100_000;
/// The most sections a performance has.
pub const MAX_SECTIONS: usize = 200;
/// The most rows a performance has.
pub const MAX_ROWS: usize = 5_000;
/// The most seats of a row that nobody has described.
pub const MAX_SEATS_PER_CHOSEN_ROW: u32 = 40;
/// The most accessible seats that are listed of a performance.
pub const MAX_ACCESSIBLE_SEATS: usize = 10_000;
/// The farthest that a seat is from the origin, in each direction.
pub const MAX_COORDINATE: f64 = 100_000.0;
/// The most ranges of seats that one change blocks or makes free again.
pub const MAX_RANGES_CHANGED: usize = 1_000;
/// The most seats that one change blocks or makes free again: they are locked together.
pub const MAX_SEATS_CHANGED: u32 = 20_000;

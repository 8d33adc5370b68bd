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

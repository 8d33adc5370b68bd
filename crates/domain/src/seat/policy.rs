//! Limits and durations of holds.

use chrono::TimeDelta;

/// How long a hold lasts, unless configured otherwise.
pub const DEFAULT_HOLD_TTL: TimeDelta = TimeDelta::minutes(5);
/// The most seats that one reservation names.
pub const MAX_SEATS_PER_RESERVATION: usize = 100;
/// The highest seat number.
pub const MAX_SEAT_NUMBER: u32 = 1_000_000;
/// So many free seats that not all of them can be held and paid within the seconds for which a count is used.
pub const PLENTY: u64 = 1_000;

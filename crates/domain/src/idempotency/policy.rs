//! How long keys are good for.

use chrono::TimeDelta;

/// How long a key answers, from when it had its effect. After that it may be used anew.
pub const KEY_TTL: TimeDelta = TimeDelta::hours(24);
/// The most records that one step of deletion removes.
pub const DELETED_PER_STEP: u16 = 500;
/// The fewest characters of a key that may be known to nobody but its sender. Random keys have as many: a UUID has 36, 128
/// random bits in base64 have 22.
pub const SECRET_LENGTH_MIN: usize = 20;

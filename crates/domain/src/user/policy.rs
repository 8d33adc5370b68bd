//! How long accounts are kept that never did anything, and how long a code for another device is good.

use chrono::TimeDelta;

/// How long an account stays after it was found idle. Whoever is looked up by their token meanwhile is taken off; so this
/// is longer than a token is remembered without being looked up, and than any request lasts.
pub const IDLE_GRACE: TimeDelta = TimeDelta::minutes(5);
/// The most accounts that one step looks at.
pub const ACCOUNTS_PER_STEP: u16 = 500;

/// How long a device code is good.
pub const DEVICE_CODE_TTL: TimeDelta = TimeDelta::minutes(10);
/// The most expired device codes that one step removes.
pub const DEVICE_CODES_PER_STEP: u16 = 500;

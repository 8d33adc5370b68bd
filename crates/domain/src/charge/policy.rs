//! How long a charge waits for its money, and how often it is looked up.

use chrono::TimeDelta;

/// How long somebody has to pay, from when they began.
pub const CHECKOUT_TTL: TimeDelta = TimeDelta::hours(1);
/// How long an instance has a charge to itself to look it up: longer than every bound of a call. Then another may.
pub const LOOK_UP_LEASE: TimeDelta = TimeDelta::seconds(20);
/// The most charges that an instance looks up in one step.
pub const LOOK_UPS_PER_STEP: u16 = 32;
/// The age at which a signed notice is no longer taken, in either direction.
pub const NOTICE_AGE_MAX: TimeDelta = TimeDelta::minutes(5);
/// The first wait before a charge is looked up. Each further one is twice as long, up to [`LOOK_UP_WAIT_MAX`].
pub const LOOK_UP_WAIT_MIN: TimeDelta = TimeDelta::seconds(2);
/// The longest wait between two look-ups.
pub const LOOK_UP_WAIT_MAX: TimeDelta = TimeDelta::minutes(10);

/// How long a provider that cannot be asked is asked for after it would have given up: what was paid before or during its
/// outage is found afterwards.
pub const OUTAGE_MAX: TimeDelta = TimeDelta::days(7);

/// The wait after so many look-ups that found nothing new.
pub fn look_up_wait(look_ups: u32) -> TimeDelta {
    let doubled = 1_i32.checked_shl(look_ups.min(16)).unwrap_or(i32::MAX);
    (LOOK_UP_WAIT_MIN * doubled).min(LOOK_UP_WAIT_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_bound() {
        let seconds: Vec<_> = [0, 1, 2, 8, 9, 10_000].map(|n| look_up_wait(n).num_seconds()).into();
        assert_eq!(seconds, [2, 4, 8, 512, 600, 600]);
    }
}

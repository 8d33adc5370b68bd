//! Limits and durations of webhooks.

use std::time::Duration;

use chrono::TimeDelta;

/// The most characters of an address.
pub const URL_LENGTH_MAX: usize = 2_000;

/// The most webhooks that there are at a time.
pub const WEBHOOKS_MAX: usize = 100;

/// How long a secret signs beside the one that replaced it.
pub const SECRET_OVERLAP: TimeDelta = TimeDelta::days(1);

/// A webhook that has only failed for so long is disabled.
pub const DISABLE_AFTER: TimeDelta = TimeDelta::days(3);

/// How long an event is kept, with its deliveries.
pub const KEEP_EVENTS: TimeDelta = TimeDelta::days(30);

/// The waits between the attempts of a delivery. After the last attempt it has failed.
const RETRY_AFTER: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// The wait before the next attempt after so many that failed; `None` when there is none any more.
pub fn retry_after(failed_attempts: u32) -> Option<Duration> {
    let index = usize::try_from(failed_attempts.checked_sub(1)?).ok()?;
    RETRY_AFTER.get(index).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_further_and_further_apart_and_end() {
        assert_eq!(retry_after(0), None, "the first is made at once");
        let waits: Vec<_> = (1..).map_while(retry_after).collect();
        assert_eq!(waits, RETRY_AFTER);
        assert!(waits.is_sorted());
        let all: Duration = waits.iter().sum();
        assert!(all > DISABLE_AFTER.to_std().unwrap(), "who fails all the time is disabled by then");
    }
}

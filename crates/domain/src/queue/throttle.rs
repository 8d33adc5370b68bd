use chrono::TimeDelta;

use super::{SettingsError, policy};
use crate::Timestamp;

/// How many people are admitted a minute at the most: 1 to [`policy::MAX_ADMIT_PER_MINUTE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AdmitRate(u32);

impl AdmitRate {
    /// Checks a number of people a minute.
    ///
    /// # Errors
    /// [`SettingsError::AdmitPerMinute`] when it is 0 or too large.
    pub fn parse(per_minute: u32) -> Result<Self, SettingsError> {
        if (1..=policy::MAX_ADMIT_PER_MINUTE).contains(&per_minute) {
            Ok(Self(per_minute))
        } else {
            Err(SettingsError::AdmitPerMinute)
        }
    }

    /// People a minute.
    pub const fn per_minute(self) -> u32 {
        self.0
    }

    /// The time between two admissions, such that no minute, wherever it starts, sees more than the rate allows,
    /// although up to [`policy::THROTTLE_BURST`] may be caught up.
    fn interval(self) -> TimeDelta {
        let minute_and_burst = TimeDelta::minutes(1) + policy::THROTTLE_BURST;
        let rate = i64::from(self.0);
        let micros = minute_and_burst.num_microseconds().unwrap_or(i64::MAX);
        TimeDelta::microseconds((micros + rate - 1) / rate)
    }
}

/// Keeps admission to a rate: a token bucket, kept as the instant at which the next admission is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Throttle {
    /// The instant at which the next admission is due; `None` when there was none yet.
    pub next_due: Option<Timestamp>,
}

impl Throttle {
    /// How many people may be admitted now.
    ///
    /// The next admission is due one interval from now at the latest. It was put off for longer where the rate was lower
    /// before, or the clock further on; that is over from now on.
    pub fn allowance(&mut self, rate: Option<AdmitRate>, now: Timestamp) -> u64 {
        let Some(rate) = rate else { return u64::MAX };
        self.next_due = self.next_due.map(|due| due.min(now + rate.interval()));
        let backlog = now - self.due(now);
        if backlog < TimeDelta::zero() {
            return 0;
        }
        let micros = |delta: TimeDelta| delta.num_microseconds().unwrap_or(i64::MAX);
        u64::try_from(micros(backlog) / micros(rate.interval()).max(1)).unwrap_or(0) + 1
    }

    /// Records that so many people were admitted now, at most the [`allowance`](Self::allowance).
    pub fn consume(&mut self, rate: Option<AdmitRate>, people: u64, now: Timestamp) {
        if let (Some(rate), Ok(people @ 1..)) = (rate, i32::try_from(people)) {
            self.next_due = Some(self.due(now) + rate.interval() * people);
        }
    }

    /// The instant at which the next admission is due, or since which it is, within the burst.
    fn due(&self, now: Timestamp) -> Timestamp {
        let earliest = now - policy::THROTTLE_BURST;
        self.next_due.map_or(earliest, |due| due.max(earliest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_rate_means_no_limit() {
        assert_eq!(Throttle::default().allowance(None, Timestamp::default()), u64::MAX);
    }

    #[test]
    fn a_raised_rate_holds_from_the_next_interval_on() {
        let (slow, fast) = (AdmitRate::parse(1).unwrap(), AdmitRate::parse(6_100).unwrap());
        let mut throttle = Throttle::default();
        throttle.consume(Some(slow), 2, Timestamp::default());
        let soon = Timestamp::default() + TimeDelta::seconds(1);
        assert_eq!(throttle.allowance(Some(slow), soon), 0);
        assert_eq!(throttle.allowance(Some(fast), soon), 0);
        assert!(throttle.allowance(Some(fast), soon + TimeDelta::milliseconds(10)) > 0);
    }

    #[test]
    fn a_clock_that_was_ahead_puts_admission_off_by_one_interval() {
        let rate = AdmitRate::parse(61).unwrap();
        let mut throttle = Throttle::default();
        let ahead = Timestamp::default() + TimeDelta::hours(2);
        throttle.consume(Some(rate), 1, ahead);
        assert_eq!(throttle.allowance(Some(rate), Timestamp::default()), 0);
        assert_eq!(throttle.allowance(Some(rate), Timestamp::default() + TimeDelta::seconds(1)), 1);
    }

    proptest! {
        #[test]
        fn no_minute_sees_more_than_the_rate(
            per_minute in 1_u32..5_000,
            steps in proptest::collection::vec((1_i64..20_000, 0_u64..3_000), 1..200),
        ) {
            let rate = AdmitRate::parse(per_minute).unwrap();
            let (mut throttle, mut now) = (Throttle::default(), Timestamp::default());
            let mut admitted: Vec<(Timestamp, u64)> = Vec::new();
            for (pause_ms, wish) in steps {
                now += TimeDelta::milliseconds(pause_ms);
                let people = throttle.allowance(Some(rate), now).min(wish);
                throttle.consume(Some(rate), people, now);
                admitted.push((now, people));
                let last_minute: u64 = admitted.iter()
                    .filter(|(at, _)| *at > now - TimeDelta::minutes(1))
                    .map(|(_, people)| people)
                    .sum();
                prop_assert!(last_minute <= u64::from(per_minute));
            }
        }

        #[test]
        fn a_steady_line_gets_nearly_the_whole_rate(per_minute in 60_u32..60_000) {
            let rate = AdmitRate::parse(per_minute).unwrap();
            let (mut throttle, mut admitted) = (Throttle::default(), 0);
            for tick in 0..2_400 {
                let now = Timestamp::default() + TimeDelta::milliseconds(tick * 250);
                let people = throttle.allowance(Some(rate), now);
                throttle.consume(Some(rate), people, now);
                admitted += people;
            }
            prop_assert!(admitted >= u64::from(per_minute) * 10 * 97 / 100);
        }
    }
}

use std::time::{Duration, Instant};

use metrics::Counter;

use super::quota::Quota;
use super::store::{BoundedStore, Key};

/// Keeps everybody to the same quota, each for themselves.
pub(super) struct Limiter {
    quota: Quota,
    counts: BoundedStore,
    epoch: Instant,
    refused: Counter,
}

impl Limiter {
    /// Starts with nobody counted. Instants are of the machine's clock, which nothing but these limits goes by.
    pub(super) fn new(quota: Quota, refused: Counter) -> Self {
        Self::over(quota, BoundedStore::new(BoundedStore::OWN_MAX, BoundedStore::SHARED), refused)
    }

    fn over(quota: Quota, counts: BoundedStore, refused: Counter) -> Self {
        Self { quota, counts, epoch: Instant::now(), refused }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// The time until it is the turn of whoever asks. A refused request is not counted.
    pub(super) fn admit(&self, key: Key, now: Instant) -> Result<(), Duration> {
        let now = now.saturating_duration_since(self.epoch);
        let admitted = self.counts.with_count(key, |count| count.admit(self.quota, now));
        if admitted.is_err() {
            self.refused.increment(1);
        }
        admitted
    }

    /// Whether a request would be admitted. Counts nothing.
    pub(super) fn has_room(&self, key: Key, now: Instant) -> bool {
        let now = now.saturating_duration_since(self.epoch);
        self.counts.with_count(key, |count| count.has_room(self.quota, now))
    }

    /// Forgets those who have their whole quota again.
    pub(super) fn forget(&self, now: Instant) {
        let now = now.saturating_duration_since(self.epoch);
        self.counts.retain(|count| !count.is_over(now));
    }
}

#[cfg(test)]
mod tests {
    use super::super::quota::Limited;
    use super::*;

    fn key(number: u32) -> Key {
        u128::from(number).to_be_bytes()
    }

    /// The number of requests in a row that are taken.
    fn taken(limiter: &Limiter, key: Key, now: Instant) -> u32 {
        (0..1_000).take_while(|_| limiter.admit(key, now).is_ok()).fold(0, |count, _| count + 1)
    }

    #[test]
    fn looking_whether_there_is_room_takes_none() {
        let limiter = Limiter::new(Limited::Operating.quotas().address, Counter::noop());
        let now = limiter.epoch;
        assert!((0..1_000).all(|_| limiter.has_room(key(1), now)));
        taken(&limiter, key(1), now);
        assert!(!limiter.has_room(key(1), now));
        assert!(limiter.has_room(key(1), now + limiter.quota.interval));
        assert!(limiter.has_room(key(2), now));
    }

    #[test]
    fn memory_is_bounded_and_given_back_and_nobody_escapes_the_limit() {
        const OWN: u32 = 1_000;
        let quota = Limited::Registering.quotas().address;
        let limiter = Limiter::over(quota, BoundedStore::new(1_000, 4), Counter::noop());
        let now = limiter.epoch;
        assert_eq!(taken(&limiter, key(0), now), quota.burst);
        for newcomer in 1..OWN {
            assert_eq!(limiter.admit(key(newcomer), now), Ok(()), "each for themselves");
        }
        let together: u32 =
            (OWN..OWN * 10).map(|latecomer| u32::from(limiter.admit(key(latecomer), now).is_ok())).sum();
        assert_eq!(together, 4 * quota.burst, "latecomers share four counts");
        assert_eq!(limiter.counts.len(), 1_000);
        assert!(limiter.admit(key(0), now).is_err(), "a flood makes nobody forgotten who is limited");
        assert_eq!(taken(&limiter, key(1), now), quota.burst - 1, "nor does it use up what others have");
        limiter.forget(now);
        assert_eq!(limiter.counts.len(), 1_000, "nobody has their whole quota again");
        let later = now + quota.interval * (quota.burst + 2);
        limiter.forget(later);
        assert_eq!(limiter.counts.len(), 0);
        assert_eq!(taken(&limiter, key(OWN * 10), later), quota.burst);
    }
}

use std::time::Duration;

use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::{Quota, RateLimiter};
use metrics::Counter;

use super::store::{BoundedStore, Key};

/// Keeps everybody to the same quota, each for themselves.
pub(super) struct Limiter<C: Clock = MonotonicClock> {
    limiter: RateLimiter<Key, BoundedStore, C, NoOpMiddleware<C::Instant>>,
    refused: Counter,
}

impl Limiter {
    /// Starts with nobody counted, by the machine's clock, which nothing but these limits goes by.
    pub(super) fn new(quota: Quota, refused: Counter) -> Self {
        let store = BoundedStore::new(BoundedStore::OWN_MAX, BoundedStore::SHARED);
        Self::over(quota, store, MonotonicClock, refused)
    }
}

impl<C: Clock> Limiter<C> {
    fn over(quota: Quota, store: BoundedStore, clock: C, refused: Counter) -> Self {
        Self { limiter: RateLimiter::new(quota, store, clock), refused }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// The time until the next one is taken. A refused request is not counted.
    pub(super) fn admit(&self, key: Key) -> Result<(), Duration> {
        self.limiter.check_key(&key).map_err(|until| {
            self.refused.increment(1);
            until.wait_time_from(self.limiter.clock().now())
        })
    }

    /// Forgets those who have their whole quota again.
    pub(super) fn forget(&self) {
        self.limiter.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use super::super::quota::Limited;
    use super::*;
    use governor::clock::FakeRelativeClock;

    type Faked = Limiter<FakeRelativeClock>;

    fn limiter(quota: Quota, own_max: usize, shared: usize) -> (Faked, FakeRelativeClock) {
        let (clock, store) = (FakeRelativeClock::default(), BoundedStore::new(own_max, shared));
        (Faked::over(quota, store, clock.clone(), Counter::noop()), clock)
    }

    fn key(number: u32) -> Key {
        u128::from(number).to_be_bytes()
    }

    /// The number of requests in a row that are taken.
    fn taken(limiter: &Faked, key: Key) -> u32 {
        (0..1_000).take_while(|_| limiter.admit(key).is_ok()).fold(0, |count, _| count + 1)
    }

    fn all_quotas() -> impl Iterator<Item = Quota> {
        Limited::ALL
            .into_iter()
            .map(Limited::quotas)
            .flat_map(|quotas| [Some(quotas.address), quotas.user])
            .flatten()
    }

    #[test]
    fn a_burst_is_taken_and_then_as_many_as_are_refilled() {
        for quota in all_quotas() {
            let (limiter, clock) = limiter(quota, 10, 1);
            assert_eq!(taken(&limiter, key(1)), quota.burst_size().get());
            clock.advance(quota.replenish_interval() * 7);
            assert_eq!(taken(&limiter, key(1)), 7);
            assert_eq!(taken(&limiter, key(2)), quota.burst_size().get(), "each for themselves");
        }
    }

    #[test]
    fn the_wait_is_as_long_as_it_must_be_and_no_longer() {
        for quota in all_quotas() {
            let (limiter, clock) = limiter(quota, 10, 1);
            taken(&limiter, key(1));
            clock.advance(quota.replenish_interval() / 3);
            let wait = limiter.admit(key(1)).unwrap_err();
            let moment = Duration::from_nanos(1);
            clock.advance(wait.checked_sub(moment).unwrap());
            assert_eq!(limiter.admit(key(1)), Err(moment));
            clock.advance(moment);
            assert_eq!(limiter.admit(key(1)), Ok(()));
        }
    }

    #[test]
    fn memory_is_bounded_and_given_back_and_nobody_escapes_the_limit() {
        const OWN: u32 = 1_000;
        let quota = Limited::Registering.quotas().address;
        let burst = quota.burst_size().get();
        let (limiter, clock) = limiter(quota, 1_000, 4);
        let first = taken(&limiter, key(0));
        assert_eq!(first, burst);
        for newcomer in 1..OWN {
            assert_eq!(limiter.admit(key(newcomer)), Ok(()));
        }
        let together: u32 =
            (OWN..OWN * 10).map(|latecomer| u32::from(limiter.admit(key(latecomer)).is_ok())).sum();
        assert_eq!(together, 4 * burst, "latecomers share four counts");
        assert_eq!(limiter.limiter.len(), 1_000);
        assert!(limiter.admit(key(0)).is_err(), "a flood makes nobody forgotten who is limited");
        assert_eq!(taken(&limiter, key(1)), burst - 1, "nor does it use up what others have");
        limiter.forget();
        assert_eq!(limiter.limiter.len(), 1_000, "nobody has their whole quota again");
        clock.advance(quota.replenish_interval() * (burst + 2));
        limiter.forget();
        assert!(limiter.limiter.is_empty());
        assert_eq!(taken(&limiter, key(OWN * 10)), burst);
    }
}

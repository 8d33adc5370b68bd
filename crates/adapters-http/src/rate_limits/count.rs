use std::time::Duration;

use super::quota::Quota;

/// What one client has asked for lately, by the generic cell rate algorithm: an instant says how much of the quota is
/// used up. Another one says which turns to ask again have been given away.
///
/// Instants are durations since a beginning that all counts share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// The instant at which the whole quota will be there again.
    full_at: Duration,
    /// The last turn that was given to somebody who was refused.
    last_turn: Duration,
}

impl Count {
    /// The longest wait that anybody is told. Whoever asks and never comes back keeps nobody waiting for longer.
    pub(super) const LONGEST_WAIT: Duration = Duration::from_mins(1);
    /// The share of the burst, inverted, that lies unused when those who were given turns do not come for them.
    const UNUSED: u32 = 4;

    /// Counts a request.
    ///
    /// # Errors
    /// The time until the turn of whoever asks: each turn is when one more request is allowed than for the turn before,
    /// so that all who come back at theirs are served. A refused request is not counted.
    pub(super) fn admit(&mut self, quota: Quota, now: Duration) -> Result<(), Duration> {
        let full_at = self.full_at.max(now) + quota.interval;
        let allowed_at = full_at.saturating_sub(quota.interval * quota.burst);
        if allowed_at > now {
            let turn = allowed_at.max(self.last_turn + quota.interval).min(now + Self::LONGEST_WAIT);
            self.last_turn = turn;
            return Err(turn.saturating_sub(now));
        }
        self.full_at = full_at;
        if now.saturating_sub(allowed_at) >= quota.interval * (quota.burst / Self::UNUSED) {
            self.last_turn = Duration::ZERO;
        }
        Ok(())
    }

    /// Whether a request would be taken now.
    pub(super) fn has_room(&self, quota: Quota, now: Duration) -> bool {
        self.full_at.max(now) + quota.interval <= now + quota.interval * quota.burst
    }

    /// Whether the whole quota is there, so that nothing needs to be remembered.
    pub(super) fn is_over(self, now: Duration) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::super::quota::Limited;
    use super::*;

    /// A client that is counted, and the time.
    struct Client {
        count: Count,
        quota: Quota,
        now: Duration,
    }

    impl Client {
        fn new(quota: Quota) -> Self {
            Self { count: Count::default(), quota, now: Duration::from_secs(1_000) }
        }

        fn ask(&mut self) -> Result<(), Duration> {
            self.count.admit(self.quota, self.now)
        }

        /// The number of requests in a row that are taken.
        fn taken(&mut self) -> u32 {
            (0..1_000).take_while(|_| self.ask().is_ok()).fold(0, |count, _| count + 1)
        }

        /// What so many who ask now are told: the seconds that they wait, of those who are refused.
        fn told(&mut self, asking: u32) -> Vec<u64> {
            (0..asking).filter_map(|_| self.ask().err()).map(in_seconds).collect()
        }
    }

    fn in_seconds(wait: Duration) -> u64 {
        wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
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
            let mut client = Client::new(quota);
            assert_eq!(client.taken(), quota.burst);
            client.now += quota.interval * 7;
            assert_eq!(client.taken(), 7);
        }
    }

    #[test]
    fn the_first_wait_is_as_long_as_it_must_be_and_no_longer() {
        for quota in all_quotas() {
            let mut client = Client::new(quota);
            for _ in 0..quota.burst {
                client.ask().unwrap();
            }
            client.now += quota.interval / 3;
            let wait = client.ask().unwrap_err();
            assert_eq!(wait + quota.interval / 3, quota.interval);
            let moment = Duration::from_nanos(1);
            client.now += wait.checked_sub(moment).unwrap();
            assert!(client.ask().is_err());
            client.now += moment;
            assert_eq!(client.ask(), Ok(()));
        }
    }

    /// Twice the burst at once, all of whom come back in the second that they are told.
    #[test]
    fn everybody_who_comes_back_when_told_is_served_at_the_second_try() {
        for quota in all_quotas() {
            let mut client = Client::new(quota);
            let start = client.now;
            let told = client.told(2 * quota.burst);
            assert_eq!(told.len(), usize::try_from(quota.burst).unwrap());
            assert!(told.is_sorted(), "in the order in which they asked: {told:?}");
            let slots = quota.interval * quota.burst;
            assert_eq!(told.last(), Some(&in_seconds(slots).min(Count::LONGEST_WAIT.as_secs())));
            for wait in told {
                client.now = start + Duration::from_secs(wait);
                assert_eq!(client.ask(), Ok(()), "after {wait} s of {quota:?}");
            }
        }
    }

    #[test]
    fn four_hundred_behind_one_address_join_within_ten_seconds() {
        let mut client = Client::new(Limited::Joining.quotas().address);
        let told = client.told(400);
        assert_eq!(told.len(), 200);
        for second in 1..=10 {
            assert_eq!(told.iter().filter(|wait| **wait == second).count(), 20, "{told:?}");
        }
    }

    #[test]
    fn whoever_never_comes_back_keeps_nobody_waiting_for_long() {
        for quota in all_quotas() {
            let mut client = Client::new(quota);
            for _ in 0..100_000 {
                if let Err(wait) = client.ask() {
                    assert!(wait <= Count::LONGEST_WAIT, "{wait:?}");
                }
            }
            assert_eq!(client.ask(), Err(Count::LONGEST_WAIT));
            // Their turns pass without them, and what was kept for them is anybody's.
            client.now += quota.interval * (quota.burst / Count::UNUSED + 1);
            for _ in 0..=quota.burst / Count::UNUSED {
                assert_eq!(client.ask(), Ok(()));
            }
            assert_eq!(client.ask(), Err(quota.interval), "{quota:?}");
        }
    }

    #[test]
    fn somebody_who_asks_again_and_again_is_served_at_the_rate() {
        let quota = Limited::Joining.quotas().user.unwrap();
        let mut client = Client::new(quota);
        client.taken();
        let mut served = 0;
        for _ in 0..100 {
            client.now += quota.interval / 5;
            served += u32::from(client.ask().is_ok());
        }
        assert_eq!(served, 20);
    }

    #[test]
    fn a_count_is_over_when_the_whole_quota_is_there() {
        for quota in all_quotas() {
            let mut client = Client::new(quota);
            let taken = client.taken();
            let full_at = client.now + quota.interval * taken;
            assert!(!client.count.is_over(full_at.checked_sub(Duration::from_nanos(1)).unwrap()));
            assert!(client.count.is_over(full_at));
        }
    }
}

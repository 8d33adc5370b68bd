use chrono::TimeDelta;

use super::{AdmitRate, Capacity};

/// How long the last of a line waits, by the settings of its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitForecast {
    /// If everybody ended their turn at once: by the rate alone.
    pub at_least: TimeDelta,
    /// If everybody used their whole turn.
    pub at_most: TimeDelta,
}

impl WaitForecast {
    /// The forecast for the last of so many who wait while so many are active.
    ///
    /// * `turn` – how long a turn lasts, without a hold.
    pub fn of(
        (waiting, active): (u64, u64),
        capacity: Capacity,
        admit_per_minute: Option<AdmitRate>,
        turn: TimeDelta,
    ) -> Self {
        let minutes = |people: u64, per_minute: u32| {
            let seconds = people.saturating_mul(60).div_ceil(u64::from(per_minute).max(1));
            TimeDelta::try_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)).unwrap_or(TimeDelta::MAX)
        };
        let at_least = admit_per_minute.map_or(TimeDelta::zero(), |rate| minutes(waiting, rate.per_minute()));
        let places = u64::from(capacity.get());
        // Places that are free are taken at once; every turn after that makes as many free as there are.
        let turns = waiting.saturating_sub(places.saturating_sub(active)).div_ceil(places);
        let turns = turn.checked_mul(i32::try_from(turns).unwrap_or(i32::MAX)).unwrap_or(TimeDelta::MAX);
        Self { at_least, at_most: at_least.max(turns) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(people: (u64, u64), capacity: u32, rate: Option<u32>) -> (i64, i64) {
        let rate = rate.map(|rate| AdmitRate::parse(rate).unwrap());
        let capacity = Capacity::parse(capacity).unwrap();
        let forecast = WaitForecast::of(people, capacity, rate, TimeDelta::minutes(10));
        (forecast.at_least.num_minutes(), forecast.at_most.num_minutes())
    }

    #[test]
    fn nobody_waits_where_there_is_room() {
        assert_eq!(of((0, 500), 500, None), (0, 0));
        assert_eq!(of((100, 400), 500, None), (0, 0));
        assert_eq!(of((101, 400), 500, None), (0, 10));
    }

    #[test]
    fn a_rate_makes_the_wait_longer_and_a_capacity_shorter() {
        assert_eq!(of((1_200, 0), 500, Some(60)), (20, 20));
        assert_eq!(of((1_200, 500), 500, Some(600)), (2, 30));
        assert_eq!(of((1_200, 500), 1_000, Some(600)), (2, 10));
    }

    #[test]
    fn a_lowered_capacity_frees_no_place_at_once() {
        assert_eq!(of((100, 500), 100, None), (0, 10));
    }

    #[test]
    fn no_figure_is_too_large() {
        assert_eq!(
            WaitForecast::of(
                (u64::MAX, u64::MAX),
                Capacity::parse(1).unwrap(),
                Some(AdmitRate::parse(1).unwrap()),
                TimeDelta::hours(24)
            ),
            WaitForecast { at_least: TimeDelta::MAX, at_most: TimeDelta::MAX }
        );
    }
}

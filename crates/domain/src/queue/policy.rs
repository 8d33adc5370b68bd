//! Limits and durations of waiting rooms.

use chrono::TimeDelta;

use crate::Timestamp;

/// People who may be active at the same time, unless the operator says otherwise.
pub const DEFAULT_CAPACITY: u32 = 500;
/// The highest capacity that an operator may set.
pub const MAX_CAPACITY: u32 = 1_000_000;
/// The highest rate of admission that an operator may set, a minute.
pub const MAX_ADMIT_PER_MINUTE: u32 = 1_000_000;
/// The shortest life of a pass, and the shortest time to show up.
pub const MIN_DURATION: TimeDelta = TimeDelta::seconds(1);
/// The longest life of a pass, and the longest time to show up.
pub const MAX_DURATION: TimeDelta = TimeDelta::hours(24);
/// How long a pass lives after admission, unless configured otherwise.
pub const DEFAULT_PASS_TTL: TimeDelta = TimeDelta::minutes(10);
/// The longest life of a pass, whatever it holds, in lives of a pass that holds nothing.
pub const PASS_LIVES_MAX: i32 = 3;
/// What a turn must leave of a hold for it to be made: where less is left, nobody could pay it.
pub const SHORTEST_HOLD: TimeDelta = TimeDelta::seconds(1);
/// How long an admitted person has for a first sign of life, unless configured otherwise.
pub const DEFAULT_SHOW_UP_WITHIN: TimeDelta = TimeDelta::minutes(2);
/// The most people that one step of admission lets in.
pub const ADMISSIONS_PER_STEP: u32 = 1_000;
/// The most passes that one step of removal removes.
pub const PASSES_REMOVED_PER_STEP: u64 = 500;
/// How far admission may catch up after a pause, when a rate is set.
pub const THROTTLE_BURST: TimeDelta = TimeDelta::seconds(1);

/// How long after it happened an admission or a departure is published to those who wait: longer than instances take to
/// learn of it, so that all of them publish it at the same instant and hardly ever have to ask first.
pub const PUBLISH_AFTER: TimeDelta = TimeDelta::milliseconds(400);
/// Publications are made at multiples of this.
pub const PUBLISH_EVERY: TimeDelta = TimeDelta::milliseconds(100);
/// The least time between two announced boards of a room.
pub const ANNOUNCE_EVERY: TimeDelta = TimeDelta::seconds(1);
/// The most people ahead of whoever polls instead of reading the announced board: one step of admission may reach them before
/// the next board does.
pub const NEAR_THE_FRONT: u64 = 2_000;
/// How long after the end of a line those who waited are told of it from memory: longer than the longest pause between two
/// polls.
pub const LINE_END_TOLD: TimeDelta = TimeDelta::minutes(5);
/// How far back a board that is new to a room looks for admissions that may still have to be published.
pub const LAST_MOMENTS: TimeDelta = TimeDelta::seconds(10);

/// The latest instant that may be published at `now`.
pub fn published_at(now: Timestamp) -> Timestamp {
    let micros = (now - PUBLISH_AFTER).timestamp_micros();
    let every = PUBLISH_EVERY.num_microseconds().unwrap_or(1).max(1);
    Timestamp::from_timestamp_micros(micros - micros.rem_euclid(every)).unwrap_or(now)
}

/// How long a board that was announced as of an instant is still the newest one at `now`; `None` when the next one is due.
pub fn announced_for(announced_at: Timestamp, now: Timestamp) -> Option<TimeDelta> {
    let current_for = announced_at + ANNOUNCE_EVERY + PUBLISH_AFTER - now;
    (current_for > TimeDelta::zero() && announced_at <= now).then_some(current_for)
}

/// How long a client should wait before it polls again: a second near the front, half a minute far back. Whoever may be
/// admitted with the next step is to hear of it soon, lest their turn passes unused.
pub fn poll_after(ahead: u64) -> TimeDelta {
    let steps = ahead / u64::from(ADMISSIONS_PER_STEP);
    TimeDelta::seconds(i64::try_from(steps).unwrap_or(i64::MAX).clamp(1, 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_published_on_the_tick_and_not_before_their_time() {
        let noon: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        for late in [0, 1, 99] {
            let published = published_at(noon + PUBLISH_AFTER + TimeDelta::milliseconds(late));
            assert_eq!(published, noon, "{late} ms later");
        }
        assert_eq!(published_at(noon + PUBLISH_AFTER + PUBLISH_EVERY), noon + PUBLISH_EVERY);
    }

    #[test]
    fn a_board_is_the_newest_for_a_second_and_as_long_as_the_next_one_takes_to_be_published() {
        let noon: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let announced_for = |milliseconds| announced_for(noon, noon + TimeDelta::milliseconds(milliseconds));
        assert_eq!(announced_for(400), Some(TimeDelta::seconds(1)));
        assert_eq!(announced_for(1_399), Some(TimeDelta::milliseconds(1)));
        assert_eq!([announced_for(1_400), announced_for(-1)], [None, None]);
    }

    #[test]
    fn polls_are_seldom_far_back_and_frequent_near_the_front() {
        assert_eq!(poll_after(0), TimeDelta::seconds(1));
        assert_eq!(poll_after(1_999), TimeDelta::seconds(1), "the next step may admit them");
        assert_eq!(poll_after(10_000), TimeDelta::seconds(10));
        assert_eq!(poll_after(u64::MAX), TimeDelta::seconds(30));
    }
}

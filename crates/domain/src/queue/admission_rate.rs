use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::Timestamp;

/// How fast a line moves, by the admissions of the last minutes.
#[derive(Debug, Clone, Default)]
pub(super) struct AdmissionRate {
    /// How many people had been admitted by when, oldest first, a few seconds apart.
    marks: VecDeque<(Timestamp, u64)>,
    /// Numbers that were passed over because they had left.
    passed_over: u64,
}

impl AdmissionRate {
    const WINDOW: TimeDelta = TimeDelta::minutes(3);
    const MARK_EVERY: TimeDelta = TimeDelta::seconds(5);

    /// Records that everybody up to `served` was admitted by now, but for `passed_over` more who had left.
    pub(super) fn observe(&mut self, now: Timestamp, served: u64, passed_over: u64) {
        self.passed_over += passed_over;
        if self.marks.back().is_some_and(|(last, _)| now - *last < Self::MARK_EVERY) {
            return;
        }
        self.marks.push_back((now, served.saturating_sub(self.passed_over)));
        while self.marks.len() > 2 && self.marks.front().is_some_and(|(first, _)| now - *first > Self::WINDOW)
        {
            self.marks.pop_front();
        }
    }

    /// How long it takes to admit so many people, rounded up; `None` when nobody was admitted lately.
    pub(super) fn seconds_for(&self, people: u64) -> Option<u64> {
        let ((since, before), (until, after)) = (self.marks.front()?, self.marks.back()?);
        let admitted = after.checked_sub(*before).filter(|admitted| *admitted > 0)?;
        let elapsed_ms = u64::try_from((*until - *since).num_milliseconds()).ok()?;
        Some(people.saturating_mul(elapsed_ms).div_ceil(admitted.saturating_mul(1_000)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::default() + TimeDelta::seconds(seconds)
    }

    #[test]
    fn people_who_left_do_not_count_as_admitted() {
        let mut admission_rate = AdmissionRate::default();
        admission_rate.observe(at(0), 0, 0);
        admission_rate.observe(at(60), 100, 40);
        assert_eq!(admission_rate.seconds_for(60), Some(60));
        assert_eq!(admission_rate.seconds_for(1), Some(1), "rounded up");
    }

    #[test]
    fn only_the_last_minutes_count() {
        let mut admission_rate = AdmissionRate::default();
        for minute in 0..10_i64 {
            let admitted = if minute < 5 { 6_000 * minute.unsigned_abs() } else { 24_000 };
            admission_rate.observe(at(minute * 60), admitted, 0);
        }
        assert_eq!(admission_rate.seconds_for(1), None, "nobody was admitted lately");
    }
}

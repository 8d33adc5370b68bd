use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::Timestamp;

/// How fast a line moves, by the admissions of the last minutes.
///
/// Only those count who had waited before: whoever finds the room empty goes in at once, and moves no line. What is
/// measured is the time between admissions. The time since the last one is no estimate: it goes by whether the line moves
/// or not.
#[derive(Debug, Clone, Default)]
pub(super) struct AdmissionRate {
    /// How many people had been admitted by when, oldest first: after admissions, a few seconds apart.
    marks: VecDeque<(Timestamp, u64)>,
    /// How many had been admitted after the last admission, and its instant.
    last: Option<(Timestamp, u64)>,
}

impl AdmissionRate {
    const WINDOW: TimeDelta = TimeDelta::minutes(3);
    const MARK_EVERY: TimeDelta = TimeDelta::seconds(5);

    /// Records that so many people were admitted at an instant who had waited.
    pub(super) fn observe(&mut self, at: Timestamp, people: u64) {
        if people == 0 {
            return;
        }
        let admitted = self.last.map_or(0, |(_, before)| before).saturating_add(people);
        self.last = Some((at, admitted));
        if self.marks.back().is_none_or(|(mark, _)| at - *mark >= Self::MARK_EVERY) {
            self.marks.push_back((at, admitted));
        }
    }

    /// Forgets the admissions that are too long ago now.
    pub(super) fn forget_before(&mut self, now: Timestamp) {
        while self.marks.pop_front_if(|(mark, _)| now - *mark > Self::WINDOW).is_some() {}
    }

    /// How long it takes to admit so many people, rounded up; `None` while fewer than two admissions were seen lately.
    pub(super) fn seconds_for(&self, people: u64) -> Option<u64> {
        let ((since, before), (until, after)) = (self.marks.front()?, self.last?);
        let admitted = after.checked_sub(*before).filter(|admitted| *admitted > 0)?;
        let elapsed_ms = u64::try_from((until - *since).num_milliseconds()).ok()?;
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
    fn the_rate_is_that_of_the_last_minutes() {
        let mut admission_rate = AdmissionRate::default();
        for minute in 0..5 {
            admission_rate.observe(at(minute * 60), 60);
            admission_rate.forget_before(at(minute * 60));
        }
        assert_eq!(admission_rate.seconds_for(60), Some(60));
        assert_eq!(admission_rate.seconds_for(1), Some(1));
        admission_rate.observe(at(241), 600);
        assert_eq!(admission_rate.seconds_for(780), Some(181), "from one minute after the start on");
        admission_rate.forget_before(at(500));
        assert_eq!(admission_rate.seconds_for(1), None, "nobody was admitted lately");
    }

    #[test]
    fn time_that_goes_by_is_no_estimate() {
        let mut admission_rate = AdmissionRate::default();
        assert_eq!(admission_rate.seconds_for(1), None);
        admission_rate.observe(at(70), 1);
        assert_eq!(admission_rate.seconds_for(1), None, "one admission is no rate");
        admission_rate.observe(at(90), 1);
        assert_eq!(admission_rate.seconds_for(1), Some(20));
        admission_rate.forget_before(at(150));
        assert_eq!(admission_rate.seconds_for(1), Some(20), "still what was seen");
    }
}

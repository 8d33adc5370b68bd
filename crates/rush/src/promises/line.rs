use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

/// What somebody was told about their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) number: u64,
    /// It was said later than this.
    pub(crate) after: Instant,
    /// And before this.
    pub(crate) before: Instant,
}

/// The line, as people saw it.
#[derive(Debug)]
pub(crate) struct Line {
    tolerance: Duration,
    /// Whose number is which.
    numbers: HashMap<u64, u32>,
    /// The highest number told that it is their turn, each time it rose.
    admitted: Vec<(Instant, u64)>,
}

impl Line {
    pub(crate) fn new(tolerance: Duration) -> Self {
        Self { tolerance, numbers: HashMap::new(), admitted: Vec::new() }
    }

    /// Somebody was given a number: was nobody else?
    pub(crate) fn joined(&mut self, number: u64, person: u32) -> Option<String> {
        let first = *self.numbers.entry(number).or_insert(person);
        (first != person)
            .then(|| format!("number {number} was given to person {first} and to person {person}"))
    }

    /// Somebody was told that it is their turn.
    pub(crate) fn told_active(&mut self, told: Told) {
        let last = self.admitted.last().copied();
        if last.is_none_or(|(_, highest)| told.number > highest) {
            // In the order of the instants, although those who tell of it come in any order.
            let at = last.map_or(told.before, |(at, _)| at.max(told.before));
            self.admitted.push((at, told.number));
        }
    }

    /// Somebody was told to wait: was nobody behind them told, long before, that it is their turn?
    pub(crate) fn told_to_wait(&self, told: Told) -> Option<String> {
        let known = |(at, _): &(Instant, u64)| *at + self.tolerance < told.after;
        let (at, highest) = self.admitted.get(..self.admitted.partition_point(known))?.last()?;
        (*highest > told.number).then(|| {
            let late = told.after - *at;
            format!("number {} was told to wait {late:.1?} after number {highest} was admitted", told.number)
        })
    }
}

/// Joining again: was it the same number?
pub(crate) fn kept(before: u64, after: u64) -> Option<String> {
    (before != after).then(|| format!("number {before} became {after} by joining again"))
}

/// Asking again: was it the same position, or a lower one?
pub(crate) fn risen(number: u64, before: u64, after: u64) -> Option<String> {
    (after > before).then(|| format!("number {number} was at {before} and then at {after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLERANCE: Duration = Duration::from_secs(2);

    fn told(start: Instant, number: u64, second: u64) -> Told {
        let after = start + Duration::from_secs(second);
        Told { number, after, before: after + Duration::from_millis(1) }
    }

    #[test]
    fn one_number_for_two_people_is_found() {
        let mut line = Line::new(TOLERANCE);
        assert_eq!((line.joined(1, 10), line.joined(2, 11), line.joined(1, 10)), (None, None, None));
        assert!(line.joined(2, 12).unwrap().contains("number 2"));
    }

    #[test]
    fn waiting_behind_those_who_were_admitted_is_as_it_must_be() {
        let (start, mut line) = (Instant::now(), Line::new(TOLERANCE));
        assert_eq!(line.told_to_wait(told(start, 1, 0)), None);
        line.told_active(told(start, 5, 0));
        assert_eq!(line.told_to_wait(told(start, 6, 100)), None);
    }

    #[test]
    fn waiting_on_while_somebody_behind_is_admitted_is_found_beyond_the_tolerance() {
        let (start, mut line) = (Instant::now(), Line::new(TOLERANCE));
        line.told_active(told(start, 5, 10));
        line.told_active(told(start, 9, 20));
        line.told_active(told(start, 7, 21));
        assert_eq!(line.told_to_wait(told(start, 3, 12)), None);
        assert!(line.told_to_wait(told(start, 3, 13)).unwrap().contains("number 5"));
        assert_eq!(line.told_to_wait(told(start, 8, 22)), None);
        assert!(line.told_to_wait(told(start, 8, 23)).unwrap().contains("number 9"));
    }

    #[test]
    fn another_number_and_a_higher_position_are_found() {
        assert_eq!((kept(4, 4), risen(4, 10, 10), risen(4, 10, 0)), (None, None, None));
        assert!(kept(4, 5).is_some());
        assert!(risen(4, 10, 11).is_some());
    }
}

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

/// A queue token's number in an answer, and when the service decided that answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Observation {
    pub(crate) number: u64,
    /// It decided later than this.
    pub(crate) sent: Instant,
    /// It decided earlier than this.
    pub(crate) received: Instant,
}

/// The order of the queue, as people were told it.
#[derive(Debug)]
pub(crate) struct QueueOrder {
    tolerance: Duration,
    /// The person of each number.
    numbers: HashMap<u64, u32>,
    /// The highest number that was told to be admitted, each time it rose.
    admitted: Vec<(Instant, u64)>,
}

impl QueueOrder {
    pub(crate) fn new(tolerance: Duration) -> Self {
        Self { tolerance, numbers: HashMap::new(), admitted: Vec::new() }
    }

    /// Notes the number of somebody who joined. Finds another person with the same number.
    pub(crate) fn joined(&mut self, number: u64, person: u32) -> Option<String> {
        let first = *self.numbers.entry(number).or_insert(person);
        (first != person)
            .then(|| format!("number {number} was given to person {first} and to person {person}"))
    }

    /// Notes that somebody was told to be admitted.
    pub(crate) fn admitted(&mut self, observation: Observation) {
        let last = self.admitted.last().copied();
        if last.is_none_or(|(_, highest)| observation.number > highest) {
            // In the order of the instants, although those who tell of it come in any order.
            let at = last.map_or(observation.received, |(at, _)| at.max(observation.received));
            self.admitted.push((at, observation.number));
        }
    }

    /// Checks that nobody behind somebody who was told to wait had been admitted, longer ago than the tolerance.
    pub(crate) fn check_waiting(&self, observation: Observation) -> Option<String> {
        let known = |(at, _): &(Instant, u64)| *at + self.tolerance < observation.sent;
        let (at, highest) = self.admitted.get(..self.admitted.partition_point(known))?.last()?;
        (*highest > observation.number).then(|| {
            let late = observation.sent - *at;
            format!(
                "number {} was told to wait {late:.1?} after number {highest} was admitted",
                observation.number
            )
        })
    }
}

/// Finds another number after joining again.
pub(crate) fn check_number_kept(before: u64, after: u64) -> Option<String> {
    (before != after).then(|| format!("number {before} became {after} by joining again"))
}

/// Finds a position that is higher than the one before.
pub(crate) fn check_position(number: u64, before: u64, after: u64) -> Option<String> {
    (after > before).then(|| format!("number {number} was at {before} and then at {after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLERANCE: Duration = Duration::from_secs(2);

    fn observed(start: Instant, number: u64, second: u64) -> Observation {
        let sent = start + Duration::from_secs(second);
        Observation { number, sent, received: sent + Duration::from_millis(1) }
    }

    #[test]
    fn one_number_for_two_people_is_found() {
        let mut queue = QueueOrder::new(TOLERANCE);
        assert_eq!((queue.joined(1, 10), queue.joined(2, 11), queue.joined(1, 10)), (None, None, None));
        assert!(queue.joined(2, 12).unwrap().contains("number 2"));
    }

    #[test]
    fn waiting_behind_those_who_were_admitted_is_as_it_must_be() {
        let (start, mut queue) = (Instant::now(), QueueOrder::new(TOLERANCE));
        assert_eq!(queue.check_waiting(observed(start, 1, 0)), None);
        queue.admitted(observed(start, 5, 0));
        assert_eq!(queue.check_waiting(observed(start, 6, 100)), None);
    }

    #[test]
    fn waiting_on_while_somebody_behind_is_admitted_is_found_beyond_the_tolerance() {
        let (start, mut queue) = (Instant::now(), QueueOrder::new(TOLERANCE));
        queue.admitted(observed(start, 5, 10));
        queue.admitted(observed(start, 9, 20));
        queue.admitted(observed(start, 7, 21));
        assert_eq!(queue.check_waiting(observed(start, 3, 12)), None);
        assert!(queue.check_waiting(observed(start, 3, 13)).unwrap().contains("number 5"));
        assert_eq!(queue.check_waiting(observed(start, 8, 22)), None);
        assert!(queue.check_waiting(observed(start, 8, 23)).unwrap().contains("number 9"));
    }

    #[test]
    fn another_number_and_a_higher_position_are_found() {
        assert_eq!(
            (check_number_kept(4, 4), check_position(4, 10, 10), check_position(4, 10, 0)),
            (None, None, None)
        );
        assert!(check_number_kept(4, 5).is_some());
        assert!(check_position(4, 10, 11).is_some());
    }
}

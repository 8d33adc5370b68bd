use std::collections::HashMap;

use tokio::time::Instant;

/// The key of a seat: the index of the performance in the rehearsal's list, and the seat's number.
pub(crate) type SeatKey = (usize, u32);

/// The buyer of each seat, and when they were told so.
#[derive(Debug, Default)]
pub(crate) struct SoldSeats(HashMap<SeatKey, (u32, Instant)>);

impl SoldSeats {
    /// Notes a sale. Finds another person who was sold the same seat.
    pub(crate) fn bought(&mut self, seat: SeatKey, person: u32, at: Instant) -> Option<String> {
        let (first, _) = *self.0.entry(seat).or_insert((person, at));
        (first != person).then(|| {
            let (performance, seat) = seat;
            format!(
                "seat {seat} of performance {performance} was sold to person {first} and to person {person}"
            )
        })
    }

    /// Finds that a seat was sold to somebody else before this hold of it was requested.
    pub(crate) fn check_hold(&self, seat: SeatKey, person: u32, requested: Instant) -> Option<String> {
        let (owner, sold) = *self.0.get(&seat)?;
        (owner != person && sold < requested).then(|| {
            let (performance, seat) = seat;
            format!("seat {seat} of performance {performance}, sold to person {owner}, was held for person {person}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_seat_that_two_people_bought_is_found() {
        let (mut seats, now) = (SoldSeats::default(), Instant::now());
        assert_eq!(seats.bought((0, 7), 1, now), None);
        assert_eq!(seats.bought((1, 7), 2, now), None);
        assert_eq!(seats.bought((0, 7), 1, now), None);
        assert!(seats.bought((0, 7), 3, now).unwrap().contains("person 1 and to person 3"));
        assert_eq!(seats.0.len(), 2);
    }

    #[test]
    fn a_hold_of_what_was_sold_before_is_found() {
        let (mut seats, now) = (SoldSeats::default(), Instant::now());
        assert_eq!(seats.check_hold((0, 7), 2, now), None);
        seats.bought((0, 7), 1, now);
        let later = now + Duration::from_secs(1);
        assert_eq!((seats.check_hold((0, 7), 2, now), seats.check_hold((0, 7), 1, later)), (None, None));
        assert!(seats.check_hold((0, 7), 2, later).is_some());
    }
}

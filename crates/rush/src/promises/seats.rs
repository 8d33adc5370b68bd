use std::collections::HashMap;

use tokio::time::Instant;

/// A seat: the number of the performance in the rehearsal's list, and the seat's own.
pub(crate) type Place = (usize, u32);

/// Who bought which seat.
#[derive(Debug, Default)]
pub(crate) struct Seats(HashMap<Place, (u32, Instant)>);

impl Seats {
    /// Somebody was told that a seat is theirs: does nobody else think so?
    pub(crate) fn bought(&mut self, place: Place, person: u32, at: Instant) -> Option<String> {
        let (first, _) = *self.0.entry(place).or_insert((person, at));
        (first != person).then(|| {
            let (performance, seat) = place;
            format!(
                "seat {seat} of performance {performance} was sold to person {first} and to person {person}"
            )
        })
    }

    /// Somebody was told that a seat is held for them, having asked at this instant: was it not sold by then?
    pub(crate) fn held(&self, place: Place, person: u32, asked: Instant) -> Option<String> {
        let (owner, sold) = *self.0.get(&place)?;
        (owner != person && sold < asked).then(|| {
            let (performance, seat) = place;
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
        let (mut seats, now) = (Seats::default(), Instant::now());
        assert_eq!(seats.bought((0, 7), 1, now), None);
        assert_eq!(seats.bought((1, 7), 2, now), None);
        assert_eq!(seats.bought((0, 7), 1, now), None);
        assert!(seats.bought((0, 7), 3, now).unwrap().contains("person 1 and to person 3"));
        assert_eq!(seats.0.len(), 2);
    }

    #[test]
    fn a_hold_of_what_was_sold_before_is_found() {
        let (mut seats, now) = (Seats::default(), Instant::now());
        assert_eq!(seats.held((0, 7), 2, now), None);
        seats.bought((0, 7), 1, now);
        let later = now + Duration::from_secs(1);
        assert_eq!((seats.held((0, 7), 2, now), seats.held((0, 7), 1, later)), (None, None));
        assert!(seats.held((0, 7), 2, later).is_some());
    }
}

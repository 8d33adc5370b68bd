use std::collections::HashMap;

use tokio::time::Instant;

/// The key of a seat: the index of the performance in the rehearsal's list, and the seat's number.
pub(crate) type SeatKey = (usize, u32);

/// The owner of each seat, as people were told.
#[derive(Debug, Default)]
pub(crate) struct SoldSeats(HashMap<SeatKey, Owner>);

/// The owner of a seat.
#[derive(Debug, Clone, Copy)]
struct Owner {
    person: u32,
    /// The moment at which they were told that it is theirs.
    since: Instant,
    /// Whether they have asked for a refund, of which nothing is known yet.
    gives_back: bool,
}

impl SoldSeats {
    /// Notes a sale. Finds another person who has the same seat.
    pub(crate) fn bought(&mut self, seat: SeatKey, person: u32, at: Instant) -> Option<String> {
        let new = Owner { person, since: at, gives_back: false };
        let owner = self.0.entry(seat).or_insert(new);
        if owner.gives_back {
            *owner = new;
        }
        let first = owner.person;
        (first != person).then(|| {
            let (performance, seat) = seat;
            format!(
                "seat {seat} of performance {performance} was sold to person {first} and to person {person}"
            )
        })
    }

    /// Finds that a seat was sold to somebody else before this hold of it was requested.
    pub(crate) fn check_hold(&self, seat: SeatKey, person: u32, requested: Instant) -> Option<String> {
        let Owner { person: owner, since, gives_back } = *self.0.get(&seat)?;
        (owner != person && !gives_back && since < requested).then(|| {
            let (performance, seat) = seat;
            format!("seat {seat} of performance {performance}, sold to person {owner}, was held for person {person}")
        })
    }

    /// Notes that a refund is about to be asked for: the seat may be somebody else's from now on.
    pub(crate) fn refund_begins(&mut self, seat: SeatKey, person: u32) {
        if let Some(owner) = self.of(seat, person) {
            owner.gives_back = true;
        }
    }

    /// Notes that a refund was refused. Finds that somebody else was sold the seat meanwhile.
    pub(crate) fn refund_refused(&mut self, seat: SeatKey, person: u32) -> Option<String> {
        if let Some(owner) = self.of(seat, person) {
            owner.gives_back = false;
            return None;
        }
        let (performance, seat) = seat;
        Some(format!(
            "seat {seat} of performance {performance}, which person {person} keeps, was sold to somebody else"
        ))
    }

    /// Notes that a refund was acknowledged.
    pub(crate) fn refunded(&mut self, seat: SeatKey, person: u32) {
        if self.of(seat, person).is_some() {
            self.0.remove(&seat);
        }
    }

    fn of(&mut self, seat: SeatKey, person: u32) -> Option<&mut Owner> {
        self.0.get_mut(&seat).filter(|owner| owner.person == person)
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

    #[test]
    fn a_seat_that_is_given_back_may_be_sold_again() {
        let (mut seats, now) = (SoldSeats::default(), Instant::now());
        let later = now + Duration::from_secs(1);
        seats.bought((0, 7), 1, now);
        seats.refund_begins((0, 7), 1);
        // Before the first is told of their refund, the second has bought.
        assert_eq!(seats.check_hold((0, 7), 2, later), None);
        assert_eq!(seats.bought((0, 7), 2, later), None);
        seats.refunded((0, 7), 1);
        assert!(seats.bought((0, 7), 3, later).is_some(), "the second has it");
        seats.refund_begins((0, 7), 2);
        seats.refunded((0, 7), 2);
        assert_eq!(seats.bought((0, 7), 3, later), None);
    }

    #[test]
    fn a_seat_whose_refund_is_refused_stays_its_buyers() {
        let (mut seats, now) = (SoldSeats::default(), Instant::now());
        seats.bought((0, 7), 1, now);
        seats.refund_begins((0, 7), 1);
        assert_eq!(seats.refund_refused((0, 7), 1), None);
        assert!(seats.bought((0, 7), 2, now).is_some());
        seats.refund_begins((0, 7), 1);
        assert_eq!(seats.bought((0, 7), 2, now), None);
        assert!(
            seats.refund_refused((0, 7), 1).is_some(),
            "sold to the second, and not given back by the first"
        );
    }
}

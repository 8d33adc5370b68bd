use super::{Number, RoomFigures};

/// Somebody left the line early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Departure {
    /// Its place among all departures of the room: 1, 2, 3, …
    pub sequence: u64,
    /// The number that left.
    pub number: Number,
}

/// What is new in a room since a board was last brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardUpdate {
    /// The room's figures.
    pub figures: RoomFigures,
    /// Departures that the board has not seen, of numbers that are still to be served.
    pub departures: Vec<Departure>,
    /// The last departure that is included here or before.
    pub departures_seen: u64,
}

/// One waiting room as an instance keeps it in memory: enough to tell anybody in line how many people are ahead.
///
/// It holds only the numbers that left early, not the people who wait.
#[derive(Debug, Clone)]
pub struct Board {
    figures: RoomFigures,
    departures_seen: u64,
    /// Numbers beyond `now_serving` that left, in order.
    departed: Vec<u64>,
}

impl Board {
    /// A board that has seen its first update.
    pub fn new(update: &BoardUpdate) -> Self {
        let mut board = Self { figures: update.figures, departures_seen: 0, departed: Vec::new() };
        board.apply(update);
        board
    }

    /// Brings it up to date. Figures never go back.
    pub fn apply(&mut self, update: &BoardUpdate) {
        self.figures = RoomFigures {
            now_serving: update.figures.now_serving.max(self.figures.now_serving),
            last_number: update.figures.last_number.max(self.figures.last_number),
            ..update.figures
        };
        self.departures_seen = self.departures_seen.max(update.departures_seen);
        let served = self.figures.now_serving;
        self.departed.extend(update.departures.iter().map(|departure| departure.number.get()));
        self.departed.retain(|number| *number > served);
        self.departed.sort_unstable();
        self.departed.dedup();
    }

    /// Takes note that a number has left, before an update says so.
    pub fn depart(&mut self, number: Number) {
        let number = number.get();
        if number > self.figures.now_serving
            && let Err(place) = self.departed.binary_search(&number)
        {
            self.departed.insert(place, number);
        }
    }

    /// The room's figures.
    pub const fn figures(&self) -> &RoomFigures {
        &self.figures
    }

    /// The last departure that the board knows of.
    pub const fn departures_seen(&self) -> u64 {
        self.departures_seen
    }

    /// How many people are ahead of a number that waits. `None` when this board cannot tell that it waits: it was
    /// given out after the last update, was admitted, or has left. Costs a binary search, whatever the line's length.
    pub fn ahead_of(&self, number: Number) -> Option<u64> {
        let number = number.get();
        if number <= self.figures.now_serving || number > self.figures.last_number {
            return None;
        }
        match self.departed.binary_search(&number) {
            Ok(_) => None,
            Err(departed_before) => Some(
                number - 1 - self.figures.now_serving - u64::try_from(departed_before).unwrap_or(u64::MAX),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ConcertId;
    use crate::queue::{RoomSettings, RoomStatus};
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn update(now_serving: u64, last_number: u64, departures: &[(u64, u64)]) -> BoardUpdate {
        BoardUpdate {
            figures: RoomFigures {
                concert_id: ConcertId::new(Uuid::nil()),
                status: RoomStatus::Open,
                settings: RoomSettings::default(),
                last_number,
                now_serving,
                waiting: 0,
                active: 0,
                lapsed: 0,
            },
            departures: departures
                .iter()
                .map(|(sequence, number)| Departure { sequence: *sequence, number: Number::new(*number) })
                .collect(),
            departures_seen: departures.last().map_or(0, |(sequence, _)| *sequence),
        }
    }

    #[test]
    fn counts_those_ahead_who_have_not_left() {
        let mut board = Board::new(&update(2, 10, &[(1, 5), (2, 4)]));
        assert_eq!(board.ahead_of(Number::new(3)), Some(0));
        assert_eq!(board.ahead_of(Number::new(6)), Some(1));
        assert_eq!(board.ahead_of(Number::new(10)), Some(5));
        assert_eq!(board.ahead_of(Number::new(4)), None, "left");
        assert_eq!(board.ahead_of(Number::new(2)), None, "admitted");
        assert_eq!(board.ahead_of(Number::new(11)), None, "not known yet");
        board.apply(&update(6, 11, &[]));
        assert_eq!(board.ahead_of(Number::new(11)), Some(4));
    }

    #[test]
    fn a_departure_may_be_known_before_the_update_that_tells_of_it() {
        let mut board = Board::new(&update(1, 6, &[]));
        for _ in 0..2 {
            board.depart(Number::new(3));
            board.depart(Number::new(1));
        }
        assert_eq!((board.ahead_of(Number::new(3)), board.ahead_of(Number::new(6))), (None, Some(3)));
        assert_eq!(board.departures_seen(), 0, "the update is still to come");
        board.apply(&update(1, 6, &[(1, 3), (2, 4)]));
        assert_eq!(board.ahead_of(Number::new(6)), Some(2));
    }

    proptest! {
        #[test]
        fn agrees_with_counting_and_never_rises(
            steps in proptest::collection::vec((0_u64..5, proptest::collection::vec(1_u64..40, 0..4)), 1..30),
        ) {
            let (mut serving, mut left, mut sequence) = (0, BTreeSet::new(), 0);
            let mut board = Board::new(&update(0, 40, &[]));
            let mut before: Vec<Option<u64>> = vec![Some(u64::MAX); 41];
            for (served, leavers) in steps {
                let mut departures = Vec::new();
                for number in leavers {
                    if number > serving && left.insert(number) {
                        sequence += 1;
                        departures.push((sequence, number));
                    }
                }
                for _ in 0..served {
                    serving = (serving + 1..=40).find(|number| !left.contains(number)).unwrap_or(serving);
                }
                board.apply(&update(serving, 40, &departures));
                for number in 1..=40 {
                    let waits = number > serving && !left.contains(&number);
                    let truth = waits.then(|| {
                        (serving + 1..number).filter(|other| !left.contains(other)).count().try_into().unwrap()
                    });
                    let shown = board.ahead_of(Number::new(number));
                    prop_assert_eq!(shown, truth);
                    let place = usize::try_from(number).unwrap();
                    prop_assert!(shown <= before[place]);
                    before[place] = shown;
                }
            }
        }
    }
}

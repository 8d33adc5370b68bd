use super::{DepartureSum, Number, RoomStatus};
use crate::Timestamp;
use crate::id::ConcertId;

/// The line of a room as it was at an announced instant, short enough for everybody to read: whoever waits far back reckons
/// their position from it instead of asking for it.
///
/// What is announced does not change, so it is the same on every instance and in every cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnouncedBoard {
    /// The room's concert.
    pub concert_id: ConcertId,
    /// The instant as of which it tells the line.
    pub announced_at: Timestamp,
    /// Whether the room admits people.
    pub status: RoomStatus,
    /// The last number admitted, or ended with the line.
    pub served: u64,
    /// The last number given out.
    pub last_number: u64,
    /// How many have left of those beyond `served`, by the ends of buckets.
    pub departures: Vec<DepartureSum>,
    /// How many seats are free.
    pub available_seats: u64,
}

/// A room's board as it was announced last, if it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastAnnounced {
    /// The board.
    pub board: Option<AnnouncedBoard>,
    /// The database's time when it was read.
    pub as_of: Timestamp,
}

impl AnnouncedBoard {
    /// How many people are ahead of a number that waits: those before it, but for those who have left in whole buckets. So it
    /// is at least the exact number, and more by less than the bucket of this number. `None` for a number that has been
    /// served: its turn has come, or its wait is over, and only a poll tells which.
    ///
    /// From one announced board to a later one it never rises.
    pub fn ahead_of(&self, number: Number) -> Option<u64> {
        let between = number.get().checked_sub(self.served + 1)?;
        let whole = self.departures.partition_point(|sum| sum.up_to <= number);
        let left = whole.checked_sub(1).and_then(|last| self.departures.get(last)).map_or(0, |sum| sum.count);
        Some(between.saturating_sub(left))
    }

    /// Whether it may be announced at `now` after another one: it is later, and nothing in it goes back. What was announced as
    /// of a time to come was so before the database's clock was set; then the new time counts.
    pub fn follows(&self, before: &Self, now: Timestamp) -> bool {
        (self.announced_at > before.announced_at || before.announced_at > now)
            && self.served >= before.served
            && self.last_number >= before.last_number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queue::DepartureSums;
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn board(second: i64, served: u64, last_number: u64, departed: &[u64]) -> AnnouncedBoard {
        AnnouncedBoard {
            concert_id: ConcertId::new(Uuid::nil()),
            announced_at: Timestamp::default() + TimeDelta::seconds(second),
            status: RoomStatus::Open,
            served,
            last_number,
            departures: DepartureSums::of(served, last_number, departed),
            available_seats: 7,
        }
    }

    #[test]
    fn counts_those_ahead_but_for_those_who_left() {
        let board = board(1, 3, 20, &[5, 6, 12]);
        let ahead = |number| board.ahead_of(Number::new(number));
        assert_eq!([ahead(4), ahead(7), ahead(13), ahead(20)], [Some(0), Some(1), Some(6), Some(13)]);
        assert_eq!([ahead(3), ahead(1)], [None, None], "served");
        assert_eq!(ahead(21), Some(14), "who joined after it was announced");
    }

    #[test]
    fn nothing_that_is_announced_goes_back() {
        let first = board(2, 3, 20, &[]);
        let now = Timestamp::default() + TimeDelta::seconds(3);
        assert!(board(3, 3, 20, &[]).follows(&first, now));
        assert!(board(1, 3, 20, &[]).follows(&first, now - TimeDelta::seconds(2)), "the clock was set");
        for other in [board(2, 4, 21, &[]), board(3, 2, 20, &[]), board(3, 3, 19, &[])] {
            assert!(!other.follows(&first, now), "{other:?}");
        }
    }

    /// What happens between two boards: how many are served, how many join, and who leaves, in millionths of the line.
    type Step = (u64, u64, Vec<u64>);

    proptest! {
        /// Whatever happens: a position by the board is never below the exact one, above it by less than a bucket, exact
        /// near the front, and never rises from board to board.
        #[test]
        fn a_position_by_the_board_is_nearly_exact_and_never_rises(
            first in 1_u64..60_000,
            steps in proptest::collection::vec(
                (0_u64..6_000, 0_u64..6_000, proptest::collection::vec(0_u64..1_000_000, 0..400)), 1..12),
        ) {
            let steps: Vec<Step> = steps;
            let (mut served, mut last_number, mut departed) = (0, first, BTreeSet::new());
            let mut told: Vec<(u64, u64)> = Vec::new();
            for (second, (serve, join, leave)) in (1..).zip(steps) {
                last_number += join;
                served = (served + serve).min(last_number);
                let waiting = last_number - served;
                departed.extend(leave.iter().map(|part| served + 1 + part * waiting / 1_000_000));
                departed.retain(|number| (served + 1..=last_number).contains(number));
                let gone: Vec<u64> = departed.iter().copied().collect();
                let board = board(second, served, last_number, &gone);
                told.retain(|(number, _)| *number > served && !departed.contains(number));
                for (number, ahead) in &mut told {
                    let now = board.ahead_of(Number::new(*number)).unwrap();
                    prop_assert!(now <= *ahead, "{number} rose from {ahead} to {now}");
                    *ahead = now;
                }
                let every = (waiting / 200).max(1);
                for number in (served + 1..=last_number).filter(|number| number % every == 0) {
                    if departed.contains(&number) {
                        continue;
                    }
                    let ahead = board.ahead_of(Number::new(number)).unwrap();
                    let left = gone.partition_point(|other| *other < number);
                    let exact = number - 1 - served - u64::try_from(left).unwrap();
                    let width = DepartureSums::width_at(number - served);
                    prop_assert!(ahead >= exact && ahead - exact < width, "{ahead}, exactly {exact}");
                    told.push((number, ahead));
                }
            }
        }
    }
}

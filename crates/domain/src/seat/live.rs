use super::{SeatMap, SeatNumber, SeatRange, SeatState, ranges};
use crate::id::UserId;

/// What a live map says of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatStatus {
    /// It can be held.
    Free,
    /// Somebody holds it.
    Held,
    /// Somebody has bought it.
    Sold,
    /// It is not for sale.
    Blocked,
}

/// Seats by status, as ranges: those of one status ascend, and none could be longer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeatRanges {
    /// Free seats.
    pub free: Vec<SeatRange>,
    /// Held seats.
    pub held: Vec<SeatRange>,
    /// Sold seats.
    pub sold: Vec<SeatRange>,
    /// Blocked seats.
    pub blocked: Vec<SeatRange>,
}

/// The status of every seat of a performance at one moment, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeatStatuses(Vec<(SeatNumber, SeatStatus)>);

impl From<SeatState> for SeatStatus {
    fn from(state: SeatState) -> Self {
        match state {
            SeatState::Available => Self::Free,
            SeatState::Held { .. } => Self::Held,
            SeatState::Sold { .. } => Self::Sold,
            SeatState::Blocked => Self::Blocked,
        }
    }
}

impl SeatRanges {
    /// Whether there is no seat in them.
    pub fn is_empty(&self) -> bool {
        let Self { free, held, sold, blocked } = self;
        [free, held, sold, blocked].iter().all(|ranges| ranges.is_empty())
    }

    /// Adds a seat behind all others.
    fn add(&mut self, seat: SeatNumber, status: SeatStatus) {
        let ranges = match status {
            SeatStatus::Free => &mut self.free,
            SeatStatus::Held => &mut self.held,
            SeatStatus::Sold => &mut self.sold,
            SeatStatus::Blocked => &mut self.blocked,
        };
        ranges::add(ranges, seat);
    }
}

impl SeatStatuses {
    /// The statuses at the moment of a map.
    pub fn of(map: &SeatMap) -> Self {
        Self(map.states().map(|(seat, state)| (seat.key.number, state.into())).collect())
    }

    /// The statuses, by number.
    pub fn iter(&self) -> impl Iterator<Item = (SeatNumber, SeatStatus)> {
        self.0.iter().copied()
    }

    /// Every seat that is not free.
    pub fn taken(&self) -> SeatRanges {
        let mut taken = SeatRanges::default();
        for (seat, status) in self.iter().filter(|(_, status)| *status != SeatStatus::Free) {
            taken.add(seat, status);
        }
        taken
    }

    /// The seats whose status is another than before, by what it is now. A seat that was not there before was free.
    pub fn changes_since(&self, before: &Self) -> SeatRanges {
        let (mut changes, mut before) = (SeatRanges::default(), before.iter().peekable());
        for (seat, status) in self.iter() {
            while before.next_if(|(earlier, _)| *earlier < seat).is_some() {}
            let was = before.next_if(|(same, _)| *same == seat).map_or(SeatStatus::Free, |(_, was)| was);
            if status != was {
                changes.add(seat, status);
            }
        }
        changes
    }
}

impl SeatMap {
    /// Users with the seats that they held or had bought at the moment of the map: by user, then by number.
    pub fn owners(&self) -> Vec<(UserId, SeatNumber)> {
        let owner = |(number, state): (&SeatNumber, &SeatState)| match self.shown(*state) {
            SeatState::Held { user_id, .. } | SeatState::Sold { user_id, .. } => Some((user_id, *number)),
            SeatState::Available | SeatState::Blocked => None,
        };
        let mut owners: Vec<_> = self.taken.iter().filter_map(owner).collect();
        owners.sort_unstable();
        owners
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use crate::id::{PerformanceId, ReservationId};
    use crate::point::Amount;
    use crate::seat::ranges::ranges_of;
    use crate::seat::{Seat, SeatKey};
    use chrono::TimeDelta;
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use proptest::sample::select;
    use uuid::Uuid;

    const ALL: [SeatStatus; 4] = [SeatStatus::Free, SeatStatus::Held, SeatStatus::Sold, SeatStatus::Blocked];

    fn number(number: u32) -> SeatNumber {
        SeatNumber::parse(number).unwrap()
    }

    /// Lists of ranges with the status that each stands for.
    fn lists(ranges: &SeatRanges) -> [(SeatStatus, &[SeatRange]); 4] {
        let SeatRanges { free, held, sold, blocked } = ranges;
        let [a, b, c, d] = ALL;
        [(a, free), (b, held), (c, sold), (d, blocked)]
    }

    fn has(range: SeatRange, seat: SeatNumber) -> bool {
        (range.first_seat..=range.last_seat).contains(&seat)
    }

    /// What a watcher makes of the statuses that it knows and the ranges that it is told.
    fn applied(changes: &SeatRanges, before: &SeatStatuses) -> SeatStatuses {
        let told = |seat| {
            let mut all = lists(changes).into_iter();
            all.find(|(_, ranges)| ranges.iter().any(|range| has(*range, seat))).map(|(status, _)| status)
        };
        SeatStatuses(before.iter().map(|(seat, was)| (seat, told(seat).unwrap_or(was))).collect())
    }

    /// Two moments of the same seats, whose numbers have gaps.
    fn moments() -> impl Strategy<Value = (SeatStatuses, SeatStatuses)> {
        let status = || select(ALL.to_vec());
        btree_map(1_u32..60, (status(), status()), 0..50).prop_map(|seats| {
            let before = seats.iter().map(|(seat, (was, _))| (number(*seat), *was)).collect();
            let now = seats.iter().map(|(seat, (_, is))| (number(*seat), *is)).collect();
            (SeatStatuses(before), SeatStatuses(now))
        })
    }

    /// Whether the ranges are sorted and apart, and each is as long as it can be.
    fn are_maximal(ranges: &[SeatRange]) -> bool {
        let are_ranges = ranges.iter().all(|range| range.first_seat <= range.last_seat);
        are_ranges && ranges.windows(2).all(|pair| pair[0].last_seat.get() + 1 < pair[1].first_seat.get())
    }

    proptest! {
        #[test]
        fn changes_make_what_was_into_what_is((before, now) in moments()) {
            prop_assert_eq!(applied(&now.changes_since(&before), &before), now);
        }

        #[test]
        fn what_is_taken_makes_free_seats_into_what_is((_, now) in moments()) {
            let free = SeatStatuses(now.iter().map(|(seat, _)| (seat, SeatStatus::Free)).collect());
            prop_assert_eq!(applied(&now.taken(), &free), now.clone());
            prop_assert_eq!(now.taken(), now.changes_since(&free));
            prop_assert_eq!(now.taken(), now.changes_since(&SeatStatuses::default()));
        }

        #[test]
        fn only_what_changed_is_told_once_and_in_the_longest_ranges((before, now) in moments()) {
            let changes = now.changes_since(&before);
            prop_assert!(now.changes_since(&now).is_empty());
            prop_assert_eq!(changes.is_empty(), before == now);
            for (_, ranges) in lists(&changes) {
                prop_assert!(are_maximal(ranges), "{ranges:?}");
            }
            for ((seat, was), (_, is)) in before.iter().zip(now.iter()) {
                let all = lists(&changes);
                let told = all.iter().filter(|(_, ranges)| ranges.iter().any(|range| has(*range, seat)));
                prop_assert_eq!(told.count(), usize::from(was != is), "{}", seat);
            }
        }

        #[test]
        fn ranges_of_seats_are_maximal(mut seats in vec(1_u32..40, 0..30)) {
            seats.sort_unstable();
            seats.dedup();
            let ranges = ranges_of(seats.iter().copied().map(number));
            prop_assert!(are_maximal(&ranges));
            let again: Vec<_> =
                ranges.iter().flat_map(|range| range.first_seat.get()..=range.last_seat.get()).collect();
            prop_assert_eq!(again, seats);
        }
    }

    #[test]
    fn a_hold_that_has_expired_is_free_and_nobodys() {
        let user_id = UserId::new(Uuid::from_u128(7));
        let reservation_id = ReservationId::new(Uuid::from_u128(1));
        let until = Timestamp::default() + TimeDelta::minutes(5);
        let states = [
            SeatState::Held { reservation_id, user_id, until },
            SeatState::Sold { reservation_id, user_id },
            SeatState::Blocked,
            SeatState::Available,
        ];
        let performance_id = PerformanceId::new(Uuid::nil());
        let seats = (1..).zip(states).map(|(seat, state)| Seat {
            key: SeatKey { performance_id, number: number(seat) },
            section: "Floor".into(),
            price: Amount::whole(1),
            state,
        });
        let at = |as_of| SeatMap { as_of, ..SeatMap::of(seats.clone(), as_of) };
        let (before, after) = (at(until - TimeDelta::seconds(1)), at(until));
        let expected = SeatRanges { free: ranges_of([number(1)]), ..SeatRanges::default() };
        let (was, is) = (SeatStatuses::of(&before), SeatStatuses::of(&after));
        assert_eq!(is.changes_since(&was), expected);
        assert_eq!(was.taken().blocked, ranges_of([number(3)]));
        assert_eq!(before.owners(), [(user_id, number(1)), (user_id, number(2))]);
        assert_eq!(after.owners(), [(user_id, number(2))]);
    }
}

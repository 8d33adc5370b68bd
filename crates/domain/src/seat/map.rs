use std::collections::HashMap;
use std::sync::Arc;

use super::{Seat, SeatNumber, SeatState};
use crate::Timestamp;
use crate::id::PerformanceId;
use crate::point::Amount;

/// The seats of a performance at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatMap {
    /// The seats, by number, as they were added: the same in every map of the performance.
    pub seats: Arc<[Seat]>,
    /// The states of those that are blocked, or that somebody has, or had until a hold expired.
    pub taken: HashMap<SeatNumber, SeatState>,
    /// The database's time when they were read.
    pub as_of: Timestamp,
    /// Whether the performance is cancelled: what nobody has paid for is kept back.
    pub cancelled: bool,
}

impl SeatMap {
    /// A map of seats with their states.
    pub fn of(seats: impl IntoIterator<Item = Seat>, as_of: Timestamp) -> Self {
        let mut taken = HashMap::new();
        let vacate = |seat: Seat| match seat.state {
            SeatState::Available => seat,
            state => {
                taken.insert(seat.key.number, state);
                Seat { state: SeatState::Available, ..seat }
            }
        };
        Self { seats: seats.into_iter().map(vacate).collect(), taken, as_of, cancelled: false }
    }

    /// The same of a cancelled performance: no seat can be had, and no hold is left. What was paid is sold until it is
    /// refunded.
    #[must_use]
    pub fn of_cancelled(&self) -> Self {
        Self { cancelled: true, ..self.clone() }
    }

    /// What a state is at the moment of the map.
    pub(super) fn shown(&self, state: SeatState) -> SeatState {
        match state.at(self.as_of) {
            SeatState::Available | SeatState::Held { .. } if self.cancelled => SeatState::Blocked,
            state => state,
        }
    }

    /// The seats with their states at that moment, by number.
    pub fn states(&self) -> impl Iterator<Item = (&Seat, SeatState)> {
        self.seats.iter().map(|seat| {
            let state = self.taken.get(&seat.key.number).copied().unwrap_or(seat.state);
            (seat, self.shown(state))
        })
    }

    /// The seats that are not free at that moment, by their places among the seats, in ascending order. Costs no more
    /// than there are of them, but where the performance is cancelled.
    pub fn not_free(&self) -> Vec<(usize, SeatState)> {
        let is_free = |state: &SeatState| *state == SeatState::Available;
        if self.cancelled {
            let all = self.states().enumerate().map(|(place, (_, state))| (place, state));
            return all.filter(|(_, state)| !is_free(state)).collect();
        }
        let place = |number: &SeatNumber| self.seats.binary_search_by_key(number, |seat| seat.key.number);
        let taken = self.taken.iter().map(|(number, state)| (number, self.shown(*state)));
        let taken = taken.filter(|(_, state)| !is_free(state));
        let mut places: Vec<_> =
            taken.filter_map(|(number, state)| Some((place(number).ok()?, state))).collect();
        places.sort_unstable_by_key(|(place, _)| *place);
        places
    }
}

/// What was sold of a performance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesOfPerformance {
    /// The performance's id.
    pub performance_id: PerformanceId,
    /// The start.
    pub starts_at: Timestamp,
    /// Free seats.
    pub available: u32,
    /// Seats held, not paid.
    pub held: u32,
    /// Seats sold.
    pub sold: u32,
    /// Seats not for sale.
    pub blocked: u32,
    /// Tickets that were checked in.
    pub checked_in: u32,
    /// The sum of the prices of the seats sold: what was paid less what was refunded.
    pub revenue: Amount,
    /// What was refunded.
    pub refunded: Amount,
    /// Whether it was cancelled: then no seat is free or held.
    pub cancelled: bool,
}

impl SalesOfPerformance {
    /// The same of a cancelled performance: what is nobody's is not free, and what was held is over.
    #[must_use]
    pub fn of_cancelled(self) -> Self {
        Self { available: 0, held: 0, cancelled: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{ReservationId, UserId};
    use crate::seat::{SeatKey, SeatStatus, SeatStatuses};
    use chrono::TimeDelta;
    use uuid::Uuid;

    #[test]
    fn of_a_cancelled_performance_no_seat_is_free_or_held_and_what_is_paid_is_sold() {
        let (reservation_id, user_id) = (ReservationId::new(Uuid::nil()), UserId::new(Uuid::nil()));
        let until = Timestamp::UNIX_EPOCH + TimeDelta::minutes(5);
        let states = [
            SeatState::Available,
            SeatState::Held { reservation_id, user_id, until },
            SeatState::Held { reservation_id, user_id, until: Timestamp::UNIX_EPOCH },
            SeatState::Sold { reservation_id, user_id },
            SeatState::Blocked,
        ];
        let numbers: Vec<_> = (1..=5).map(|number| SeatNumber::parse(number).unwrap()).collect();
        let performance_id = PerformanceId::new(Uuid::nil());
        let seats = numbers.iter().zip(states).map(|(number, state)| Seat {
            key: SeatKey { performance_id, number: *number },
            section: "General".into(),
            price: Amount::whole(5),
            state,
        });
        let map = SeatMap::of(seats, Timestamp::UNIX_EPOCH);
        let statuses =
            |map: &SeatMap| SeatStatuses::of(map).iter().map(|(_, status)| status).collect::<Vec<_>>();
        let [free, held, sold, blocked] =
            [SeatStatus::Free, SeatStatus::Held, SeatStatus::Sold, SeatStatus::Blocked];
        assert_eq!(statuses(&map), [free, held, free, sold, blocked]);
        assert_eq!(map.owners(), [(user_id, numbers[1]), (user_id, numbers[3])]);
        let cancelled = map.of_cancelled();
        assert_eq!(statuses(&cancelled), [blocked, blocked, blocked, sold, blocked]);
        assert_eq!(cancelled.owners(), [(user_id, numbers[3])]);
        for map in [map, cancelled] {
            let by_place = map.states().enumerate().map(|(place, (_, state))| (place, state));
            let expected: Vec<_> = by_place.filter(|(_, state)| *state != SeatState::Available).collect();
            assert_eq!(map.not_free(), expected);
        }
    }
}

//! Seats of a performance and their states.

mod error;
mod free_seats;
pub mod hall;
mod live;
mod map;
pub mod policy;
pub mod ranges;
mod seats_left;
mod section_prices;
mod selection;

pub use error::SelectionError;
pub use free_seats::FreeSeats;
pub use live::{SeatRanges, SeatStatus, SeatStatuses};
pub use map::{SalesOfPerformance, SeatMap};
pub use ranges::{RangesError, SeatRange, SeatsChange};
pub use seats_left::SeatsLeft;
pub use section_prices::SectionPrices;
pub use selection::{SeatNumber, SeatSelection};

use std::sync::Arc;

use crate::Timestamp;
use crate::id::{PerformanceId, ReservationId, UserId};
use crate::point::Amount;

/// A seat of a performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatKey {
    /// The performance.
    pub performance_id: PerformanceId,
    /// The seat's number.
    pub number: SeatNumber,
}

/// State of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatState {
    /// Nobody.
    Available,
    /// Somebody, until an instant. From that instant on it is available, whether or not that was written yet.
    Held {
        /// The reservation.
        reservation_id: ReservationId,
        /// The user to whom it belongs.
        user_id: UserId,
        /// The end of it.
        until: Timestamp,
    },
    /// Somebody, for good.
    Sold {
        /// The reservation.
        reservation_id: ReservationId,
        /// The user to whom it belongs.
        user_id: UserId,
    },
    /// It is not for sale.
    Blocked,
}

impl SeatState {
    /// The state at an instant: a seat whose hold has expired is available.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Held { until, .. } if until <= now => Self::Available,
            state => state,
        }
    }
}

/// Reasons for which a seat cannot be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SeatRefusal {
    /// It is sold.
    Sold,
    /// It is not for sale.
    Blocked,
    /// Somebody holds it.
    Held,
}

/// One seat of one performance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The seat's key.
    pub key: SeatKey,
    /// The name of its section, shared by its seats.
    pub section: Arc<str>,
    /// Its price.
    pub price: Amount,
    /// Its state.
    pub state: SeatState,
}

impl Seat {
    /// Its state at an instant.
    pub fn state_at(&self, now: Timestamp) -> SeatState {
        self.state.at(now)
    }

    /// Whether it can be held.
    ///
    /// # Errors
    /// [`SeatRefusal`] saying why not.
    pub fn require_available(&self, now: Timestamp) -> Result<(), SeatRefusal> {
        match self.state_at(now) {
            SeatState::Available => Ok(()),
            SeatState::Held { .. } => Err(SeatRefusal::Held),
            SeatState::Sold { .. } => Err(SeatRefusal::Sold),
            SeatState::Blocked => Err(SeatRefusal::Blocked),
        }
    }

    /// Whether it can be kept back from the sale: whoever has it keeps it.
    ///
    /// # Errors
    /// [`SeatRefusal`] saying why not.
    pub fn require_blockable(&self, now: Timestamp) -> Result<(), SeatRefusal> {
        match self.require_available(now) {
            Err(SeatRefusal::Blocked) => Ok(()),
            verdict => verdict,
        }
    }

    /// Gives it back to the sale, if it was kept back.
    pub fn unblock(&mut self) {
        if self.state == SeatState::Blocked {
            self.state = SeatState::Available;
        }
    }

    /// Gives it to somebody until an instant.
    ///
    /// # Errors
    /// [`SeatRefusal`] when somebody else has it; it stays theirs.
    pub fn hold(
        &mut self,
        reservation_id: ReservationId,
        user_id: UserId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), SeatRefusal> {
        self.require_available(now)?;
        self.state = SeatState::Held { reservation_id, user_id, until };
        Ok(())
    }

    /// Gives it for good to the reservation that holds it. Says whether it did.
    pub fn sell(&mut self, to: ReservationId, now: Timestamp) -> bool {
        match self.state_at(now) {
            SeatState::Held { reservation_id, user_id, .. } if reservation_id == to => {
                self.state = SeatState::Sold { reservation_id, user_id };
                true
            }
            _ => false,
        }
    }

    /// Whether it is held, expired or not, by this reservation.
    pub fn is_held_by(&self, reservation: ReservationId) -> bool {
        matches!(self.state, SeatState::Held { reservation_id, .. } if reservation_id == reservation)
    }

    /// The reservation that has it, expired holds included.
    pub fn owner(&self) -> Option<ReservationId> {
        match self.state {
            SeatState::Held { reservation_id, .. } | SeatState::Sold { reservation_id, .. } => {
                Some(reservation_id)
            }
            SeatState::Available | SeatState::Blocked => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn after(seconds: u32) -> Timestamp {
        Timestamp::default() + TimeDelta::seconds(seconds.into())
    }

    fn reservation(n: u8) -> ReservationId {
        ReservationId::new(Uuid::from_u128(n.into()))
    }

    fn user(n: u8) -> UserId {
        UserId::new(Uuid::from_u128(n.into()))
    }

    fn seat(state: SeatState) -> Seat {
        let key = SeatKey {
            performance_id: PerformanceId::new(Uuid::nil()),
            number: SeatNumber::parse(7).unwrap(),
        };
        Seat { key, section: "Floor".into(), price: Amount::whole(100), state }
    }

    #[test]
    fn a_hold_blocks_until_its_instant_and_not_longer() {
        let mut seat = seat(SeatState::Available);
        seat.hold(reservation(1), user(1), after(300), after(0)).unwrap();
        assert_eq!(seat.hold(reservation(2), user(2), after(600), after(299)), Err(SeatRefusal::Held));
        assert_eq!(seat.hold(reservation(2), user(2), after(600), after(300)), Ok(()));
        assert!(!seat.sell(reservation(1), after(300)), "the holder of an expired hold cannot buy");
        assert!(seat.sell(reservation(2), after(599)));
    }

    #[test]
    fn blocked_and_sold_seats_stay_so() {
        let mut blocked = seat(SeatState::Blocked);
        assert_eq!(blocked.hold(reservation(1), user(1), after(300), after(0)), Err(SeatRefusal::Blocked));
        let mut sold = seat(SeatState::Sold { reservation_id: reservation(1), user_id: user(1) });
        assert_eq!(sold.hold(reservation(2), user(2), after(300), after(0)), Err(SeatRefusal::Sold));
        assert!(!sold.sell(reservation(2), after(0)));
    }

    proptest! {
        #[test]
        fn a_seat_has_one_owner_and_is_sold_once(
            steps in proptest::collection::vec((0_u8..3, 0_u8..4, 0_u32..200), 1..80),
        ) {
            let mut seat = seat(SeatState::Available);
            let (mut now, mut sold_to) = (0, None);
            for (step, who, pause) in steps {
                now += pause;
                let before = seat.clone();
                let holder = match seat.state_at(after(now)) {
                    SeatState::Held { reservation_id, .. } => Some(reservation_id),
                    _ => None,
                };
                match step {
                    0 | 1 => {
                        let held = seat.hold(reservation(who), user(who), after(now + 300), after(now)).is_ok();
                        prop_assert_eq!(held, holder.is_none() && sold_to.is_none());
                        if !held {
                            prop_assert_eq!(&seat, &before);
                        }
                    }
                    _ => {
                        let sold = seat.sell(reservation(who), after(now));
                        prop_assert_eq!(sold, holder == Some(reservation(who)));
                        if sold {
                            prop_assert_eq!(sold_to.replace(who), None);
                        }
                    }
                }
                if let Some(owner) = sold_to {
                    prop_assert_eq!(seat.owner(), Some(reservation(owner)));
                }
            }
        }
    }
}

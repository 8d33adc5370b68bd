//! Reservations: seats held for a while, then paid, cancelled or expired.

use crate::Timestamp;
use crate::id::{ConcertId, PaymentId, PerformanceId, ReservationId, UserId};
use crate::point::Amount;
use crate::seat::SeatNumber;

/// State of a reservation: `HELD → PAID | EXPIRED | CANCELLED`, `PAID → REFUNDED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservationState {
    /// Its seats are held, unpaid.
    Held,
    /// Paid: the seats are the user's.
    Paid {
        /// The payment.
        payment_id: PaymentId,
        /// The instant.
        at: Timestamp,
    },
    /// It was not paid in time.
    Expired {
        /// The instant at which the hold expired.
        at: Timestamp,
    },
    /// Its user cancelled it.
    Cancelled {
        /// The instant.
        at: Timestamp,
    },
    /// Its payment was refunded.
    Refunded {
        /// The payment's id.
        payment_id: PaymentId,
        /// The instant.
        at: Timestamp,
    },
}

impl ReservationState {
    /// Whether a reservation may go from this state to that one.
    pub const fn may_become(&self, next: &Self) -> bool {
        matches!(
            (self, next),
            (Self::Held, Self::Paid { .. } | Self::Expired { .. } | Self::Cancelled { .. })
                | (Self::Paid { .. }, Self::Refunded { .. })
        )
    }
}

/// A seat of a reservation, at the price when it was held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservedSeat {
    /// Its number.
    pub number: SeatNumber,
    /// Its section.
    pub section: String,
    /// Its price.
    pub price: Amount,
}

/// One or more seats of one performance for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The reservation's id.
    pub id: ReservationId,
    /// The concert.
    pub concert_id: ConcertId,
    /// The performance.
    pub performance_id: PerformanceId,
    /// The user to whom it belongs.
    pub user_id: UserId,
    /// Its seats, by number.
    pub seats: Vec<ReservedSeat>,
    /// The sum of their prices.
    pub amount: Amount,
    /// Its state. A hold whose time is up counts as expired, whether or not that was written yet.
    pub state: ReservationState,
    /// The instant of the hold.
    pub held_at: Timestamp,
    /// The instant at which the hold expires unless paid.
    pub expires_at: Timestamp,
    /// The instant at which its performance was cancelled, if it was: no hold outlasts that.
    pub performance_cancelled_at: Option<Timestamp>,
}

impl Reservation {
    /// Its state at an instant: a hold whose time is up has expired, and one whose performance was cancelled before is
    /// cancelled with it.
    pub fn state_at(&self, now: Timestamp) -> ReservationState {
        let cancelled_at = self.performance_cancelled_at.filter(|at| *at < self.expires_at && *at <= now);
        match (self.state, cancelled_at) {
            (ReservationState::Held, Some(at)) => ReservationState::Cancelled { at: at.max(self.held_at) },
            (ReservationState::Held, None) if self.expires_at <= now => {
                ReservationState::Expired { at: self.expires_at }
            }
            (state, _) => state,
        }
    }

    /// The same reservation with its state at an instant.
    #[must_use]
    pub fn settled(mut self, now: Timestamp) -> Self {
        self.state = self.state_at(now);
        self
    }

    /// The numbers of its seats.
    pub fn seat_numbers(&self) -> impl Iterator<Item = SeatNumber> {
        self.seats.iter().map(|seat| seat.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn states() -> [ReservationState; 5] {
        let (payment_id, at) = (PaymentId::new(Uuid::nil()), Timestamp::default());
        [
            ReservationState::Held,
            ReservationState::Paid { payment_id, at },
            ReservationState::Expired { at },
            ReservationState::Cancelled { at },
            ReservationState::Refunded { payment_id, at },
        ]
    }

    proptest! {
        #[test]
        fn every_way_through_the_states_ends_within_two_steps(steps in proptest::collection::vec(0_usize..5, 0..20)) {
            let (mut state, mut taken) = (ReservationState::Held, 0);
            for step in steps {
                let next = states()[step];
                if state.may_become(&next) {
                    prop_assert_ne!(next, ReservationState::Held, "nothing becomes held again");
                    state = next;
                    taken += 1;
                }
            }
            prop_assert!(taken <= 2);
        }
    }

    #[test]
    fn a_hold_ends_at_its_instant_or_with_its_performance() {
        let expires_at = Timestamp::default() + TimeDelta::minutes(5);
        let reservation = Reservation {
            id: ReservationId::new(Uuid::nil()),
            concert_id: ConcertId::new(Uuid::nil()),
            performance_id: PerformanceId::new(Uuid::nil()),
            user_id: UserId::new(Uuid::nil()),
            seats: Vec::new(),
            amount: Amount::ZERO,
            state: ReservationState::Held,
            held_at: Timestamp::default(),
            expires_at,
            performance_cancelled_at: None,
        };
        let before = expires_at - TimeDelta::microseconds(1);
        assert_eq!(reservation.state_at(before), ReservationState::Held);
        assert_eq!(reservation.state_at(expires_at), ReservationState::Expired { at: expires_at });
        let with = |cancelled_at| Reservation {
            performance_cancelled_at: Some(cancelled_at),
            ..reservation.clone()
        };
        assert_eq!(with(before).state_at(before), ReservationState::Cancelled { at: before });
        assert_eq!(with(before).state_at(expires_at), ReservationState::Cancelled { at: before });
        assert_eq!(with(expires_at).state_at(expires_at), ReservationState::Expired { at: expires_at });
    }
}

use std::collections::HashMap;

use super::TrackedRows;
use crate::Timestamp;
use crate::id::{ConcertId, PerformanceId, ReservationId, UserId};
use crate::reservation::{Reservation, ReservationState};

/// Reservations by id, with who holds one.
#[derive(Debug, Default)]
pub struct LoadedReservations {
    rows: TrackedRows<ReservationId, Reservation>,
    held: HashMap<(ConcertId, UserId), ReservationId>,
}

impl LoadedReservations {
    /// Puts in a reservation as it is stored.
    pub fn load(&mut self, reservation: Reservation) {
        self.index(&reservation);
        self.rows.load(reservation.id, reservation);
    }

    /// Puts in a new reservation.
    pub fn insert(&mut self, reservation: Reservation) {
        self.index(&reservation);
        self.rows.insert(reservation.id, reservation);
    }

    /// One reservation.
    pub fn get(&self, id: ReservationId) -> Option<&Reservation> {
        self.rows.get(&id)
    }

    /// One reservation, if it is this user's.
    pub fn of_user(&self, id: ReservationId, user_id: UserId) -> Option<&Reservation> {
        self.get(id).filter(|reservation| reservation.user_id == user_id)
    }

    /// The reservation that a user holds unpaid. Its time may be up.
    pub fn held_by(&self, concert_id: ConcertId, user_id: UserId) -> Option<&Reservation> {
        self.get(*self.held.get(&(concert_id, user_id))?)
    }

    /// Puts a reservation into its next state.
    pub fn change(&mut self, id: ReservationId, state: ReservationState) {
        let Some(reservation) = self.rows.get_mut(&id) else { return };
        reservation.state = state;
        let holder = (reservation.concert_id, reservation.user_id);
        if state != ReservationState::Held && self.held.get(&holder) == Some(&id) {
            self.held.remove(&holder);
        }
    }

    /// Ends the holds of a performance that was cancelled, those that are known here.
    pub(crate) fn cancel_performance(&mut self, performance_id: PerformanceId, at: Timestamp) {
        let of_performance = self.rows.iter().filter(|(_, one)| one.performance_id == performance_id);
        let ids: Vec<_> = of_performance.map(|(id, _)| *id).collect();
        for id in ids {
            if let Some(reservation) = self.rows.get_mut(&id) {
                reservation.performance_cancelled_at = Some(at);
            }
        }
    }

    /// Reservations that were loaded and then changed.
    pub fn changed(&self) -> impl Iterator<Item = &Reservation> {
        self.rows.changed()
    }

    /// Reservations that were added.
    pub fn added(&self) -> impl Iterator<Item = &Reservation> {
        self.rows.added()
    }

    /// All reservations.
    pub fn iter(&self) -> impl Iterator<Item = &Reservation> {
        self.rows.iter().map(|(_, reservation)| reservation)
    }

    fn index(&mut self, reservation: &Reservation) {
        if reservation.state == ReservationState::Held {
            self.held.insert((reservation.concert_id, reservation.user_id), reservation.id);
        }
    }
}

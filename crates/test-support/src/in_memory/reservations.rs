use std::cmp::Reverse;

use async_trait::async_trait;
use seatline_domain::commands::{CancelError, CancelReservationCommand, ExpireHoldCommand};
use seatline_domain::id::{ReservationId, UserId};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Reservations;
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::storage::StorageError;

use super::InMemory;
use super::paging::page_of;

#[async_trait]
impl Reservations for InMemory {
    async fn cancel(&self, command: CancelReservationCommand) -> Result<Reservation, CancelError> {
        self.decide(&command)
    }

    async fn expire(&self, command: ExpireHoldCommand) -> Result<bool, StorageError> {
        self.decide(&command)
    }

    async fn expired_holds(&self, limit: u16) -> Result<Vec<ExpireHoldCommand>, StorageError> {
        let (state, now) = (self.state(), self.now());
        let held = state.set.reservations.iter().filter(|one| one.state == ReservationState::Held);
        let mut expired: Vec<_> = held.filter(|one| one.expires_at <= now).collect();
        expired.sort_by_key(|one| (one.expires_at, one.id));
        expired.truncate(limit.into());
        let expire = |one: &Reservation| ExpireHoldCommand {
            concert_id: one.concert_id,
            user_id: one.user_id,
            reservation_id: one.id,
        };
        Ok(expired.into_iter().map(expire).collect())
    }

    async fn reservation(
        &self,
        user_id: UserId,
        id: ReservationId,
    ) -> Result<Option<Reservation>, StorageError> {
        let (state, now) = (self.state(), self.now());
        Ok(state.set.reservations.of_user(id, user_id).map(|own| own.clone().settled(now)))
    }

    async fn reservations(
        &self,
        user_id: UserId,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<Reservation, ReservationId>, StorageError> {
        let (state, now) = (self.state(), self.now());
        let mut own: Vec<_> = state.set.reservations.iter().filter(|one| one.user_id == user_id).collect();
        own.sort_by_key(|one| Reverse((one.held_at, one.id)));
        Ok(page_of(own, page, |one| one.id).map(|one| one.clone().settled(now)))
    }
}

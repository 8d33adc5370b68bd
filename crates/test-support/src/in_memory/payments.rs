use std::cmp::Reverse;

use async_trait::async_trait;
use seatline_domain::commands::{
    PayError, PayReservationCommand, RefundError, RefundPaymentCommand, TurnError,
};
use seatline_domain::id::{PaymentId, UserId};
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::payment::{OwnedSeat, OwnedSeats, Payment, Refund};
use seatline_domain::ports::Payments;
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::storage::StorageError;

use super::paging::page_of;
use super::{InMemory, State};

#[async_trait]
impl Payments for InMemory {
    async fn pay(&self, command: PayReservationCommand) -> Result<Answer<Payment>, TurnError<PayError>> {
        self.decide(&command)
    }

    async fn refund(&self, command: RefundPaymentCommand) -> Result<Answer<Refund>, RefundError> {
        self.decide(&command)
    }

    async fn payment(&self, user_id: UserId, id: PaymentId) -> Result<Option<Payment>, StorageError> {
        Ok(self.state().payments_of(user_id).into_iter().find(|payment| payment.id == id))
    }

    async fn payments(
        &self,
        user_id: UserId,
        page: PageRequest<PaymentId>,
    ) -> Result<Page<Payment, PaymentId>, StorageError> {
        Ok(page_of(self.state().payments_of(user_id), page, |payment| payment.id))
    }

    async fn owned_seats(&self, user_id: UserId, limit: u16) -> Result<OwnedSeats, StorageError> {
        let state = self.state();
        let mut owned: Vec<_> = state
            .set
            .reservations
            .iter()
            .filter(|reservation| reservation.user_id == user_id)
            .flat_map(|reservation| state.owned_by(reservation))
            .collect();
        owned.sort_by_key(|seat| (Reverse((seat.paid_at, seat.reservation_id)), seat.seat_number));
        let total = owned.len().try_into().unwrap();
        owned.truncate(limit.into());
        Ok(OwnedSeats { newest: owned, total })
    }
}

impl State {
    /// A user's payments, newest first.
    pub(super) fn payments_of(&self, user_id: UserId) -> Vec<Payment> {
        let all = self.set.payments.iter().map(|(_, payment)| payment);
        let mut own: Vec<_> = all.filter(|payment| payment.user_id == user_id).cloned().collect();
        own.sort_by_key(|payment| Reverse((payment.paid_at, payment.id)));
        own
    }

    fn owned_by(&self, reservation: &Reservation) -> Vec<OwnedSeat> {
        let ReservationState::Paid { at: paid_at, .. } = reservation.state else { return Vec::new() };
        let concert = self.concert(reservation.concert_id).unwrap();
        let performance = self.set.performances.get(&reservation.performance_id).unwrap();
        let payment = self.set.payments.get(&reservation.id).unwrap();
        let left = reservation.seats.iter().filter(|seat| payment.refund_of(seat.number).is_none());
        let owned = left.map(|seat| OwnedSeat {
            reservation_id: reservation.id,
            concert_id: concert.id,
            title: concert.title.as_str().to_owned(),
            performance_id: performance.id,
            starts_at: performance.starts_at,
            seat_number: seat.number,
            section: seat.section.clone(),
            paid_at,
        });
        owned.collect()
    }
}

use thiserror::Error;

use super::{Command, TurnError};
use crate::Timestamp;
use crate::event::{EventBody, EventKind, PaidSeats};
use crate::id::{ConcertId, LedgerEntryId, PaymentId, ReservationId, UserId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use crate::payment::Payment;
use crate::point::InsufficientPoints;
use crate::queue::{Number, PassEnd, PassRefusal};
use crate::reservation::{Reservation, ReservationState};
use crate::seat::SeatKey;
use crate::storage::StorageError;
use crate::working_set::{Footprint, WorkingSet};

/// Pays a held reservation: debits the wallet, sells the seats and ends the turn, in one step.
///
/// The price is what the seats cost when they were held. Paying twice gives the first payment, also when the turn is
/// over by then: a retry must find out.
#[derive(Debug, Clone)]
pub struct PayReservationCommand {
    /// The id that the payment gets.
    pub payment_id: PaymentId,
    /// The id that the ledger entry gets.
    pub entry_id: LedgerEntryId,
    /// The user's id.
    pub user_id: UserId,
    /// The concert of the user's pass.
    pub concert_id: ConcertId,
    /// The number of the user's pass.
    pub number: Number,
    /// The reservation's id.
    pub reservation_id: ReservationId,
    /// The key that makes a retry safe, if the client sent one.
    pub key: Option<IdempotencyKey>,
}

/// Error of paying a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PayError {
    /// The user has no such reservation.
    #[error("there is no such reservation")]
    ReservationNotFound,
    /// The hold's time is up.
    #[error("the hold has expired")]
    HoldExpired {
        /// The instant at which it expired.
        expires_at: Timestamp,
    },
    /// The performance was cancelled while its seats were held.
    #[error("the performance is cancelled")]
    PerformanceCancelled,
    /// It was cancelled, or paid and refunded.
    #[error("the reservation cannot be paid")]
    NotPayable,
    /// The balance is too low; the hold stays.
    #[error(transparent)]
    InsufficientPoints(#[from] InsufficientPoints),
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl PayReservationCommand {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new(format!("pay {}", self.reservation_id))
    }

    /// The first answer to this key, if there was one, with the payment as it stands now.
    fn replayed(&self, set: &WorkingSet, now: Timestamp) -> Result<Option<Answer<Payment>>, PayError> {
        match set.recorded(KeyOwner::User(self.user_id), self.key.as_ref(), || self.fingerprint(), now)? {
            Some(Outcome::Paid { payment, created }) => {
                let as_it_stands = set.payments.get(&payment.reservation_id).unwrap_or(payment);
                Ok(Some(Answer::replayed(as_it_stands.clone(), *created)))
            }
            Some(_) => Err(KeyReused.into()),
            None => Ok(None),
        }
    }

    /// The payment of a reservation that is paid already.
    fn existing(&self, set: &WorkingSet, reservation: &Reservation) -> Result<Option<Payment>, PayError> {
        let ReservationState::Paid { .. } = reservation.state else { return Ok(None) };
        let payment = set.payments.get(&self.reservation_id).cloned();
        Ok(Some(payment.ok_or_else(|| StorageError::missing("the payment of a paid reservation"))?))
    }

    /// Checks the turn and that the hold has not ended. An expired hold counts before a turn that ended with it, and so does
    /// one whose performance was cancelled.
    fn require_payable(
        &self,
        set: &WorkingSet,
        reservation: &Reservation,
        now: Timestamp,
    ) -> Result<(), TurnError<PayError>> {
        if reservation.concert_id != self.concert_id {
            return Err(PassRefusal::Mismatch.into());
        }
        let pass =
            set.passes.of_user(self.concert_id, self.number, self.user_id).map_err(PassRefusal::from)?;
        match reservation.state_at(now) {
            ReservationState::Expired { .. } => {
                return Err(TurnError::Failed(PayError::HoldExpired { expires_at: reservation.expires_at }));
            }
            ReservationState::Cancelled { .. } if reservation.performance_cancelled_at.is_some() => {
                return Err(TurnError::Failed(PayError::PerformanceCancelled));
            }
            _ => {}
        }
        pass.require_active(now)?;
        if reservation.state != ReservationState::Held {
            return Err(TurnError::Failed(PayError::NotPayable));
        }
        Ok(())
    }

    fn pay(
        &self,
        set: &mut WorkingSet,
        reservation: &Reservation,
        now: Timestamp,
    ) -> Result<Payment, PayError> {
        let performance_id = reservation.performance_id;
        let keys: Vec<SeatKey> =
            reservation.seat_numbers().map(|number| SeatKey { performance_id, number }).collect();
        if !keys.iter().all(|key| set.seats.get(key).is_some_and(|seat| seat.is_held_by(self.reservation_id)))
        {
            return Err(StorageError::missing("a seat of a live hold").into());
        }
        let wallet = set.wallets.get(&self.user_id).ok_or_else(|| StorageError::missing("the wallet"))?;
        let mut debited = wallet.clone();
        let entry = debited.debit(self.entry_id, reservation.amount, self.payment_id, now)?;
        let payment = Payment {
            id: self.payment_id,
            reservation_id: self.reservation_id,
            user_id: self.user_id,
            amount: reservation.amount,
            balance_after: entry.balance_after,
            paid_at: now,
            seats: reservation.seat_numbers().collect(),
            refunds: Vec::new(),
        };
        if let Some(wallet) = set.wallets.get_mut(&self.user_id) {
            *wallet = debited;
        }
        set.entries.push(entry);
        for key in &keys {
            if let Some(seat) = set.seats.get_mut(key) {
                seat.sell(self.reservation_id, now);
            }
        }
        let paid = ReservationState::Paid { payment_id: self.payment_id, at: now };
        set.reservations.change(self.reservation_id, paid);
        *set.bought.entry((self.concert_id, self.user_id)).or_default() +=
            u32::try_from(keys.len()).unwrap_or(u32::MAX);
        set.passes.end(self.concert_id, self.number, PassEnd::Completed, now);
        set.payments.insert(self.reservation_id, payment.clone());
        set.events.tell(EventKind::PaymentCompleted, now, || {
            EventBody::PaymentCompleted(PaidSeats {
                concert_id: self.concert_id,
                performance_id,
                payment: payment.clone(),
            })
        });
        Ok(payment)
    }
}

impl Command for PayReservationCommand {
    type Success = Answer<Payment>;
    type Error = TurnError<PayError>;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.sales.insert(self.concert_id);
        footprint.passes.insert((self.concert_id, self.number));
        footprint.reservations.insert((self.user_id, self.reservation_id));
        footprint.wallets.insert(self.user_id);
        footprint.keys.extend(self.key.clone().map(|key| (KeyOwner::User(self.user_id), key)));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Payment>, TurnError<PayError>> {
        if let Some(first) = self.replayed(set, now).map_err(TurnError::Failed)? {
            return Ok(first);
        }
        let reservation = set
            .reservations
            .of_user(self.reservation_id, self.user_id)
            .cloned()
            .ok_or(TurnError::Failed(PayError::ReservationNotFound))?;
        let answer = if let Some(payment) = self.existing(set, &reservation).map_err(TurnError::Failed)? {
            Answer::existing(payment)
        } else {
            self.require_payable(set, &reservation, now)?;
            Answer::created(self.pay(set, &reservation, now).map_err(TurnError::Failed)?)
        };
        // What has no effect records nothing: paying what is paid finds the payment, with the key and without.
        if let Some(key) = self.key.as_ref().filter(|_| answer.created) {
            let outcome = Outcome::Paid { payment: answer.value.clone(), created: answer.created };
            set.record(KeyOwner::User(self.user_id), key, self.fingerprint(), outcome, now);
        }
        Ok(answer)
    }
}

use super::{PayError, Payment, PaymentState};
use crate::Timestamp;
use crate::id::{ConcertId, LedgerEntryId, PaymentId, ReservationId, UserId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyReused, Outcome};
use crate::queue::{Number, PassEnd, PassRefusal};
use crate::reservation::{Reservation, ReservationState};
use crate::seat::SeatKey;
use crate::storage::StorageError;
use crate::working_set::{Command, Footprint, WorkingSet};

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
    /// Who.
    pub user_id: UserId,
    /// The concert of the user's pass.
    pub concert_id: ConcertId,
    /// The number of the user's pass.
    pub number: Number,
    /// Which reservation.
    pub reservation_id: ReservationId,
    /// What makes a retry safe, if the client sent it.
    pub key: Option<IdempotencyKey>,
}

impl PayReservationCommand {
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new(format!("pay {}", self.reservation_id))
    }

    /// A hold that has lapsed is told before a turn that ended with it.
    fn require_turn(
        &self,
        set: &WorkingSet,
        reservation: &Reservation,
        now: Timestamp,
    ) -> Result<(), PayError> {
        if reservation.concert_id != self.concert_id {
            return Err(PassRefusal::Mismatch.into());
        }
        let pass = set.passes.of_user(self.concert_id, self.number, self.user_id)?;
        if let ReservationState::Expired { .. } = reservation.state_at(now) {
            return Err(PayError::HoldExpired);
        }
        pass.require_active(now)?;
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
            state: PaymentState::Completed,
            paid_at: now,
            seats: reservation.seat_numbers().collect(),
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
        Ok(payment)
    }
}

impl Command for PayReservationCommand {
    type Success = Answer<Payment>;
    type Error = PayError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.passes.insert((self.concert_id, self.number));
        footprint.reservations.insert((self.user_id, self.reservation_id));
        footprint.wallets.insert(self.user_id);
        footprint.keys.extend(self.key.clone().map(|key| (self.user_id, key)));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Payment>, PayError> {
        match set.recorded(self.user_id, self.key.as_ref(), || self.fingerprint(), now)? {
            Some(Outcome::Paid { payment, created }) => {
                return Ok(Answer::replayed(payment.clone(), *created));
            }
            Some(_) => return Err(KeyReused.into()),
            None => {}
        }
        let reservation = set
            .reservations
            .of_user(self.reservation_id, self.user_id)
            .cloned()
            .ok_or(PayError::ReservationNotFound)?;
        let answer = if let ReservationState::Paid { .. } = reservation.state {
            let first = set.payments.get(&self.reservation_id).cloned();
            Answer::existing(first.ok_or_else(|| StorageError::missing("the payment of a paid reservation"))?)
        } else {
            self.require_turn(set, &reservation, now)?;
            match reservation.state_at(now) {
                ReservationState::Held => Answer::created(self.pay(set, &reservation, now)?),
                ReservationState::Expired { .. } => return Err(PayError::HoldExpired),
                ReservationState::Cancelled { .. }
                | ReservationState::Paid { .. }
                | ReservationState::Refunded { .. } => return Err(PayError::NotPayable),
            }
        };
        if let Some(key) = &self.key {
            let outcome = Outcome::Paid { payment: answer.value.clone(), created: answer.created };
            set.record(self.user_id, key, self.fingerprint(), outcome, now);
        }
        Ok(answer)
    }
}

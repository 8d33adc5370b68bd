use thiserror::Error;

use super::Command;
use crate::Timestamp;
use crate::audit::{AuditAction, AuditEntry, AuditStamp, Fact, Facts, Reason, facts};
use crate::concert::Performance;
use crate::event::{EventBody, EventKind, PaidSeats, Refunded};
use crate::id::{LedgerEntryId, PerformanceId, RefundId, ReservationId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use crate::payment::{PaidReservation, Payment, PaymentState, Refund, RefundedBy};
use crate::point::Amount;
use crate::reservation::{Reservation, ReservationState};
use crate::seat::{SeatKey, SeatNumber, SeatSelection, SeatState};
use crate::storage::StorageError;
use crate::ticket::{GateName, TicketId};
use crate::working_set::{Footprint, WorkingSet};

/// Refunds seats of a payment: they are free again, and what they had cost is back in the wallet, in one step.
///
/// A seat is refunded once. Asking for what one refund gave back finds that refund, at any time.
#[derive(Debug, Clone)]
pub struct RefundPaymentCommand {
    /// The id that the refund gets.
    pub refund_id: RefundId,
    /// The id that the ledger entry gets.
    pub entry_id: LedgerEntryId,
    /// What was paid.
    pub paid: PaidReservation,
    /// The seats to refund; all that are left, if not said.
    pub seats: Option<SeatSelection>,
    /// By whom, and with which right.
    pub requester: RefundRequester,
    /// The key that makes a retry safe, if one was sent.
    pub key: Option<IdempotencyKey>,
}

/// By whom a refund is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundRequester {
    /// By the buyer, while the performance [allows it](Performance::is_refundable).
    User,
    /// By an operator for the buyer, at any time.
    Operator {
        /// The audit entry's id and operator.
        stamp: AuditStamp,
        /// The operator's reason.
        reason: Reason,
    },
    /// By nobody: the performance was cancelled.
    Cancellation,
}

/// Error of refunding a payment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RefundError {
    /// The user has no such payment.
    #[error("there is no such payment")]
    PaymentNotFound,
    /// The payment is not about these seats.
    #[error("the payment has no such seats")]
    SeatNotFound(Vec<SeatNumber>),
    /// Some of the seats, these, were refunded before, and no one refund gave back all that are asked for.
    #[error("some of the seats were refunded before")]
    SeatsRefunded(Vec<SeatNumber>),
    /// Buyers cannot give seats back, or not any more.
    #[error("seats cannot be given back")]
    Closed {
        /// The instant until which they could be; `None` for never.
        refundable_until: Option<Timestamp>,
    },
    /// Somebody was checked in with the ticket of one of the seats: its buyer cannot give it back.
    #[error("the ticket of a seat was used")]
    TicketUsed {
        /// The instant.
        at: Timestamp,
        /// The gate, if it said its name.
        gate: Option<GateName>,
    },
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What a request for seats is about.
enum Wanted {
    /// Seats that one refund gave back.
    Refunded(Refund),
    /// Seats that are left.
    Left(Vec<SeatNumber>),
}

impl RefundPaymentCommand {
    fn fingerprint(&self) -> Fingerprint {
        let seats = self.seats.as_ref().map_or_else(|| "all".to_owned(), |seats| listed(seats.numbers()));
        let payment_id = self.paid.payment_id;
        Fingerprint::new(match &self.requester {
            RefundRequester::Operator { reason, .. } => {
                format!("refund {payment_id} {seats} {}", reason.as_str())
            }
            RefundRequester::User | RefundRequester::Cancellation => format!("refund {payment_id} {seats}"),
        })
    }

    /// The owner of the key. A cancellation has none.
    const fn key_owner(&self) -> KeyOwner {
        match &self.requester {
            RefundRequester::Operator { stamp, .. } => KeyOwner::Operator(stamp.operator),
            RefundRequester::User | RefundRequester::Cancellation => KeyOwner::User(self.paid.user_id),
        }
    }

    fn payment<'s>(&self, set: &'s WorkingSet) -> Result<&'s Payment, RefundError> {
        let payment = set.payments.get(&self.paid.reservation_id);
        let is_meant = |one: &&Payment| (one.user_id, one.id) == (self.paid.user_id, self.paid.payment_id);
        payment.filter(is_meant).ok_or(RefundError::PaymentNotFound)
    }

    /// The refund that this key made, if it made one.
    fn replayed(&self, set: &WorkingSet, now: Timestamp) -> Result<Option<Refund>, RefundError> {
        let payment = self.payment(set)?;
        match set.recorded(self.key_owner(), self.key.as_ref(), || self.fingerprint(), now)? {
            Some(Outcome::Refunded(id)) => {
                let refund = payment.refunds.iter().find(|refund| refund.id == *id);
                Ok(Some(refund.cloned().ok_or_else(|| StorageError::missing("the refund of a key"))?))
            }
            Some(_) => Err(KeyReused.into()),
            None => Ok(None),
        }
    }

    fn wanted(&self, payment: &Payment) -> Result<Wanted, RefundError> {
        let Some(seats) = &self.seats else {
            let left: Vec<_> = payment.seats_left().collect();
            return Ok(match payment.refunds.last() {
                Some(last) if left.is_empty() => Wanted::Refunded(last.clone()),
                _ => Wanted::Left(left),
            });
        };
        let seats = seats.numbers();
        let unknown: Vec<_> = seats.iter().copied().filter(|seat| !payment.seats.contains(seat)).collect();
        if !unknown.is_empty() {
            return Err(RefundError::SeatNotFound(unknown));
        }
        let all_in = |refund: &&Refund| seats.iter().all(|seat| refund.seats.contains(seat));
        if let Some(refund) = payment.refunds.iter().find(all_in) {
            return Ok(Wanted::Refunded(refund.clone()));
        }
        let refunded: Vec<_> =
            seats.iter().copied().filter(|seat| payment.refund_of(*seat).is_some()).collect();
        if refunded.is_empty() {
            Ok(Wanted::Left(seats.to_vec()))
        } else {
            Err(RefundError::SeatsRefunded(refunded))
        }
    }

    /// Checks the right to a refund, and gives its initiator and reason.
    fn require_right(
        &self,
        performance: &Performance,
        now: Timestamp,
    ) -> Result<(RefundedBy, Option<Reason>), RefundError> {
        match &self.requester {
            RefundRequester::User if performance.is_refundable(now) => Ok((RefundedBy::User, None)),
            RefundRequester::User => {
                Err(RefundError::Closed { refundable_until: performance.refundable_until })
            }
            RefundRequester::Operator { reason, .. } => Ok((RefundedBy::Operator, Some(reason.clone()))),
            RefundRequester::Cancellation => match &performance.cancellation {
                Some(cancellation) => Ok((RefundedBy::Cancellation, Some(cancellation.reason.clone()))),
                None => Err(StorageError::missing("the cancellation").into()),
            },
        }
    }

    /// The tickets of these seats.
    fn tickets<'s>(
        &'s self,
        seats: &'s [SeatNumber],
    ) -> impl Iterator<Item = (PerformanceId, TicketId)> + 's {
        let PaidReservation { performance_id, reservation_id, .. } = self.paid;
        seats.iter().map(move |seat| (performance_id, TicketId { reservation_id, seat_number: *seat }))
    }

    /// Checks that no ticket was used. An operator may give back what was, and a cancellation everything.
    fn require_unused(&self, set: &WorkingSet, seats: &[SeatNumber]) -> Result<(), RefundError> {
        let used = self.tickets(seats).find_map(|ticket| set.check_ins.get(&ticket));
        match (used, &self.requester) {
            (Some(used), RefundRequester::User) => {
                Err(RefundError::TicketUsed { at: used.at, gate: used.gate.clone() })
            }
            _ => Ok(()),
        }
    }

    fn refund(
        &self,
        set: &mut WorkingSet,
        seats: Vec<SeatNumber>,
        now: Timestamp,
    ) -> Result<Refund, RefundError> {
        let performance = set.performances.get(&self.paid.performance_id);
        let performance = performance.ok_or_else(|| StorageError::missing("the performance"))?;
        let (by, reason) = self.require_right(performance, now)?;
        self.require_unused(set, &seats)?;
        let reservation_id = self.paid.reservation_id;
        let reservation = set.reservations.get(reservation_id);
        let reservation = reservation.ok_or_else(|| StorageError::missing("the reservation of a payment"))?;
        let amount = price_of(reservation, &seats);
        let holder = (reservation.concert_id, reservation.user_id);
        free(set, reservation.performance_id, reservation.id, &seats)?;
        let wallet = set.wallets.get_mut(&self.paid.user_id);
        let wallet = wallet.ok_or_else(|| StorageError::missing("the wallet"))?;
        let entry = wallet.refund(self.entry_id, amount, self.paid.payment_id, now);
        let refund = Refund {
            id: self.refund_id,
            payment_id: self.paid.payment_id,
            entry_id: self.entry_id,
            amount,
            balance_after: entry.balance_after,
            seats,
            by,
            reason,
            refunded_at: now,
        };
        set.entries.push(entry);
        let payment = set.payments.get_mut(&reservation_id).ok_or(RefundError::PaymentNotFound)?;
        let before = recorded(payment);
        payment.refunds.push(refund.clone());
        let after = recorded_with(payment, &refund);
        let refunded = payment.clone();
        if refunded.state() == PaymentState::Refunded {
            let state = ReservationState::Refunded { payment_id: self.paid.payment_id, at: now };
            set.reservations.change(reservation_id, state);
        }
        set.events.tell(EventKind::PaymentRefunded, now, || {
            EventBody::PaymentRefunded(Refunded {
                paid: PaidSeats {
                    concert_id: self.paid.concert_id,
                    performance_id: self.paid.performance_id,
                    payment: refunded,
                },
                refund: refund.clone(),
            })
        });
        if let Some(bought) = set.bought.get_mut(&holder) {
            *bought = bought.saturating_sub(u32::try_from(refund.seats.len()).unwrap_or(u32::MAX));
        }
        if let RefundRequester::Operator { stamp, .. } = &self.requester {
            let (concert_id, action) = (self.paid.concert_id, AuditAction::PaymentRefunded);
            let before = Some(before);
            set.audit.push(AuditEntry { stamp: *stamp, concert_id, action, before, after, at: now });
        }
        if let Some(key) = &self.key {
            let outcome = Outcome::Refunded(refund.id);
            set.record(self.key_owner(), key, self.fingerprint(), outcome, now);
        }
        Ok(refund)
    }
}

impl Command for RefundPaymentCommand {
    type Success = Answer<Refund>;
    type Error = RefundError;

    fn footprint(&self, footprint: &mut Footprint) {
        let PaidReservation { user_id, performance_id, reservation_id, .. } = self.paid;
        footprint.performances.insert(performance_id);
        footprint.reservations.insert((user_id, reservation_id));
        footprint
            .seats
            .extend(self.paid.seats.iter().map(|number| SeatKey { performance_id, number: *number }));
        footprint.tickets.extend(self.tickets(&self.paid.seats));
        footprint.wallets.insert(user_id);
        footprint.keys.extend(self.key.clone().map(|key| (self.key_owner(), key)));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Refund>, RefundError> {
        if let Some(first) = self.replayed(set, now)? {
            return Ok(Answer::replayed(first, true));
        }
        match self.wanted(self.payment(set)?)? {
            Wanted::Refunded(refund) => Ok(Answer::existing(refund)),
            Wanted::Left(seats) => Ok(Answer::created(self.refund(set, seats, now)?)),
        }
    }
}

/// What seats of a reservation had cost.
fn price_of(reservation: &Reservation, seats: &[SeatNumber]) -> Amount {
    reservation.seats.iter().filter(|seat| seats.contains(&seat.number)).map(|seat| seat.price).sum()
}

/// Makes seats that a reservation bought nobody's.
fn free(
    set: &mut WorkingSet,
    performance_id: PerformanceId,
    reservation_id: ReservationId,
    seats: &[SeatNumber],
) -> Result<(), StorageError> {
    let keys = || seats.iter().map(|number| SeatKey { performance_id, number: *number });
    let is_sold = |key: SeatKey| {
        let state = set.seats.get(&key).map(|seat| seat.state);
        matches!(state, Some(SeatState::Sold { reservation_id: owner, .. }) if owner == reservation_id)
    };
    if !keys().all(is_sold) {
        return Err(StorageError::missing("a seat of a payment"));
    }
    for key in keys() {
        if let Some(seat) = set.seats.get_mut(&key) {
            seat.state = SeatState::Available;
        }
    }
    Ok(())
}

fn listed(seats: &[SeatNumber]) -> String {
    seats.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn recorded(payment: &Payment) -> Facts {
    let state = match payment.state() {
        PaymentState::Completed => "COMPLETED",
        PaymentState::PartiallyRefunded => "PARTIALLY_REFUNDED",
        PaymentState::Refunded => "REFUNDED",
    };
    facts([
        ("paymentId", payment.id.to_string().into()),
        ("userId", payment.user_id.to_string().into()),
        ("state", state.into()),
        ("refundedAmount", payment.refunded_amount().decimal().into()),
    ])
}

fn recorded_with(payment: &Payment, refund: &Refund) -> Facts {
    let mut after = recorded(payment);
    after.extend(facts([
        ("refundId", refund.id.to_string().into()),
        ("amount", refund.amount.decimal().into()),
        ("seats", Fact::Seats(refund.seats.iter().map(|seat| seat.get()).collect())),
        ("reason", refund.reason.as_ref().map_or_else(String::new, |reason| reason.as_str().into()).into()),
    ]));
    after
}

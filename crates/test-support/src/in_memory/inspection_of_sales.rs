use std::collections::BTreeMap;

use seatline_domain::Timestamp;
use seatline_domain::audit::{AuditAction, Fact};
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::invariant::Invariant;
use seatline_domain::payment::Payment;
use seatline_domain::point::{Amount, LedgerEntryKind};
use seatline_domain::queue::{PassEnd, PassState};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::{SeatKey, SeatState};

use super::State;
use super::inspection::Findings;

impl State {
    /// I1, I6 and I17: every seat of a live reservation says that it is its owner's, and every owned seat has one.
    pub(super) fn inspect_owners(&self, now: Timestamp, findings: &mut Findings) {
        for reservation in self.set.reservations.iter() {
            let state = reservation.state_at(now);
            for number in reservation.seat_numbers() {
                let key = SeatKey { performance_id: reservation.performance_id, number };
                let seat = self.set.seats.get(&key).map(|seat| seat.state);
                let own = |id| id == reservation.id;
                let payment = self.set.payments.get(&reservation.id);
                let refunded = payment.is_some_and(|payment| payment.refund_of(number).is_some());
                let owned = match (state, seat) {
                    (ReservationState::Held, Some(SeatState::Held { reservation_id, .. })) => {
                        own(reservation_id)
                    }
                    (ReservationState::Paid { .. }, Some(SeatState::Sold { reservation_id, .. })) => {
                        own(reservation_id) != refunded
                    }
                    (ReservationState::Held, _) => false,
                    (ReservationState::Paid { .. }, _) if !refunded => false,
                    (_, Some(SeatState::Sold { reservation_id, .. })) => !own(reservation_id),
                    _ => true,
                };
                let taken = matches!(state, ReservationState::Held | ReservationState::Paid { .. });
                let blocked = seat == Some(SeatState::Blocked);
                findings.expect(!(taken && blocked), Invariant::I17, format!("{key:?}"));
                findings.expect(owned, Invariant::I1, format!("{key:?}"));
            }
            let paid = matches!(state, ReservationState::Paid { .. } | ReservationState::Refunded { .. });
            let has_payment = self.set.payments.get(&reservation.id).is_some();
            findings.expect(paid || !has_payment, Invariant::I6, reservation.id);
            findings.expect(!paid || has_payment, Invariant::I3, reservation.id);
        }
        for (key, seat) in self.set.seats.iter() {
            let owner = seat.owner().map(|owner| self.set.reservations.get(owner));
            let known = owner.is_none_or(|owner| owner.is_some_and(|one| includes(one, *key)));
            findings.expect(known, Invariant::I1, format!("{key:?}"));
        }
    }

    /// I3, I4 and I10: one reservation paid in time, one debit and one completed pass each.
    pub(super) fn inspect_payments(&self, findings: &mut Findings) {
        let mut payments_of: BTreeMap<(ConcertId, UserId), usize> = BTreeMap::new();
        for (reservation_id, payment) in self.set.payments.iter() {
            let Some(reservation) = self.set.reservations.get(*reservation_id) else {
                findings.expect(false, Invariant::I3, payment.id);
                continue;
            };
            let fits = payment.amount == reservation.amount && payment.user_id == reservation.user_id;
            findings.expect(fits && self.debits(payment) == 1, Invariant::I3, payment.id);
            findings.expect(payment.paid_at < reservation.expires_at, Invariant::I4, payment.id);
            *payments_of.entry((reservation.concert_id, payment.user_id)).or_default() += 1;
        }
        for ((concert_id, user_id), payments) in payments_of {
            let completed = self.set.passes.iter().filter(|pass| {
                (pass.concert_id, pass.user_id) == (concert_id, user_id)
                    && matches!(pass.state, PassState::Ended { end: PassEnd::Completed, .. })
            });
            let (completed, room) = (completed.count(), self.set.rooms.get(&concert_id));
            let some_are_removed = room.is_some_and(|room| room.removed_up_to > 0);
            let fits = completed == payments || some_are_removed && completed < payments;
            findings.expect(fits, Invariant::I10, user_id);
        }
    }

    /// I14: no seat is refunded twice, and every refund is what its seats had cost and has one ledger entry.
    pub(super) fn inspect_refunds(&self, findings: &mut Findings) {
        let mut refunds = 0;
        for (reservation_id, payment) in self.set.payments.iter() {
            let Some(reservation) = self.set.reservations.get(*reservation_id) else { continue };
            let mut left: Vec<_> = reservation.seats.iter().collect();
            for refund in &payment.refunds {
                refunds += 1;
                let mut price = Amount::ZERO;
                for number in &refund.seats {
                    let seat = left.iter().position(|seat| seat.number == *number);
                    findings.expect(seat.is_some(), Invariant::I14, refund.id);
                    price = [price, seat.map_or(Amount::ZERO, |at| left.remove(at).price)].into_iter().sum();
                }
                let entries = self.set.entries.iter().filter(|entry| {
                    (entry.id, entry.kind, entry.amount)
                        == (refund.entry_id, LedgerEntryKind::Refund, refund.amount)
                });
                let fits = price == refund.amount && entries.count() == 1;
                findings.expect(fits, Invariant::I14, refund.id);
            }
            let refunded = matches!(reservation.state, ReservationState::Refunded { .. });
            findings.expect(refunded == left.is_empty(), Invariant::I14, payment.id);
        }
        let entries = self.set.entries.iter().filter(|entry| entry.kind == LedgerEntryKind::Refund);
        findings.expect(entries.count() == refunds, Invariant::I14, "the number of refunds");
    }

    /// I15: of a cancelled performance nothing was held or paid afterwards, and nothing is owed once its refunds are done.
    pub(super) fn inspect_cancellations(&self, findings: &mut Findings) {
        for reservation in self.set.reservations.iter() {
            let performance = self.set.performances.get(&reservation.performance_id);
            let cancellation = performance.and_then(|performance| performance.cancellation.as_ref());
            let Some(cancellation) = cancellation else { continue };
            let paid_at = self.set.payments.get(&reservation.id).map(|payment| payment.paid_at);
            let before = reservation.held_at.max(paid_at.unwrap_or_default()) <= cancellation.at;
            let owed = matches!(reservation.state, ReservationState::Paid { .. });
            let holds = before && !(owed && cancellation.refunded_at.is_some());
            findings.expect(holds, Invariant::I15, reservation.id);
        }
    }

    fn debits(&self, payment: &Payment) -> usize {
        let debits = self.set.entries.iter().filter(|entry| {
            entry.kind == LedgerEntryKind::Payment
                && entry.reference_id == Some(payment.id.uuid())
                && entry.user_id == payment.user_id
                && entry.amount == payment.amount
        });
        debits.count()
    }

    /// I11, with what the seats themselves say.
    pub(super) fn inspect_limits(&self, now: Timestamp, findings: &mut Findings) {
        let mut seats_of: BTreeMap<(ConcertId, UserId), u64> = BTreeMap::new();
        for (key, seat) in self.set.seats.iter() {
            if let SeatState::Held { user_id, .. } | SeatState::Sold { user_id, .. } = seat.state_at(now)
                && let Some(performance) = self.set.performances.get(&key.performance_id)
            {
                *seats_of.entry((performance.concert_id, user_id)).or_default() += 1;
            }
        }
        for ((concert_id, user_id), seats) in seats_of {
            findings.expect(seats <= self.highest_limit(concert_id), Invariant::I11, user_id);
        }
    }

    /// The highest seat limit that a concert has had.
    fn highest_limit(&self, concert_id: ConcertId) -> u64 {
        let now = self.concert(concert_id).map_or(0, |concert| concert.max_seats_per_user.get());
        let changes =
            self.set.audit.iter().filter(|entry| {
                entry.concert_id == concert_id && entry.action == AuditAction::ConcertChanged
            });
        let before = changes.filter_map(|entry| match entry.before.as_ref()?.get("maxSeatsPerUser")? {
            Fact::Number(limit) => Some(*limit),
            _ => None,
        });
        before.fold(now.into(), u64::max)
    }
}

impl State {
    /// I16: what was used had been paid before, and was not refunded yet.
    pub(super) fn inspect_check_ins(&self, findings: &mut Findings) {
        for (_, check_in) in self.set.check_ins.iter() {
            let key =
                SeatKey { performance_id: check_in.performance_id, number: check_in.ticket_id.seat_number };
            let reservation = self.set.reservations.get(check_in.ticket_id.reservation_id);
            let was_valid = reservation.filter(|one| includes(one, key)).is_some_and(|one| {
                let paid = self.set.payments.get(&one.id);
                let refund = paid.and_then(|payment| payment.refund_of(key.number));
                let cancelled = self.set.performances.get(&key.performance_id);
                let cancelled = cancelled.and_then(|performance| performance.cancellation.as_ref());
                let ends = [refund.map(|refund| refund.refunded_at), cancelled.map(|one| one.at)];
                paid.is_some_and(|payment| payment.paid_at <= check_in.at)
                    // What happens in one instant happens one after the other.
                    && ends.into_iter().flatten().all(|end| check_in.at <= end)
            });
            findings.expect(was_valid, Invariant::I16, check_in.ticket_id);
        }
    }
}

fn includes(reservation: &Reservation, key: SeatKey) -> bool {
    reservation.performance_id == key.performance_id
        && reservation.seat_numbers().any(|number| number == key.number)
}

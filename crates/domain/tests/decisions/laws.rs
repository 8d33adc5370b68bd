use std::collections::BTreeMap;

use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::id::ReservationId;
use seatline_domain::payment::Payment;
use seatline_domain::point::LedgerEntry;
use seatline_domain::queue::{Pass, PassEnd, PassState};
use seatline_domain::reservation::ReservationState;
use seatline_domain::seat::{SeatKey, SeatState};

use crate::charges::{check_changes, check_charges};
use crate::rows::Rows;
use crate::world::{World, seat_limit};

/// What must hold at any time.
pub(crate) fn check(rows: &Rows, world: &World) {
    check_seats(rows, world.now);
    check_wallets(rows);
    check_charges(rows);
    check_payments(rows);
    check_rooms(rows);
}

/// One live owner per seat, and no more seats than allowed.
fn check_seats(rows: &Rows, now: Timestamp) {
    let mut owners = BTreeMap::new();
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for reservation in rows.reservations.values() {
        let state = reservation.state_at(now);
        if !matches!(state, ReservationState::Held | ReservationState::Paid { .. }) {
            continue;
        }
        let payment = rows.payments.get(&reservation.id);
        let refunded = |number| payment.is_some_and(|payment| payment.refund_of(number).is_some());
        for number in reservation.seat_numbers().filter(|number| !refunded(*number)) {
            *counts.entry((reservation.concert_id, reservation.user_id)).or_default() += 1;
            let key = SeatKey { performance_id: reservation.performance_id, number };
            assert_eq!(owners.insert(key, reservation.id), None, "{key:?} has two owners");
            let seat = rows.seats.get(&key).unwrap();
            assert_eq!(seat.owner(), Some(reservation.id));
            let paid = matches!(state, ReservationState::Paid { .. });
            assert_eq!(matches!(seat.state, SeatState::Sold { .. }), paid);
        }
    }
    let limit = usize::try_from(seat_limit().get()).unwrap();
    assert!(counts.values().all(|seats| *seats <= limit), "{counts:?}");
    for (key, seat) in &rows.seats {
        if !matches!(seat.state_at(now), SeatState::Available | SeatState::Blocked) {
            assert!(owners.contains_key(key), "{key:?} belongs to nobody known");
        }
    }
}

/// A balance is the sum of its entries, which are numbered without gaps.
fn check_wallets(rows: &Rows) {
    for (user_id, wallet) in &rows.wallets {
        let own = || rows.entries.iter().filter(|entry| entry.user_id == *user_id);
        let sum: Decimal = own().map(LedgerEntry::signed_amount).sum();
        assert_eq!(sum, wallet.balance.decimal());
        assert!(own().map(|entry| entry.sequence).eq(1..=wallet.entries));
    }
}

/// Each paid reservation has its payment, made in time, and its completed pass, unless that was removed.
fn check_payments(rows: &Rows) {
    let mut payments: BTreeMap<_, usize> = BTreeMap::new();
    for reservation in rows.reservations.values() {
        let payment = rows.payments.get(&reservation.id);
        let paid =
            matches!(reservation.state, ReservationState::Paid { .. } | ReservationState::Refunded { .. });
        assert_eq!(payment.is_some(), paid, "{reservation:?}");
        if let Some(payment) = payment {
            assert!(payment.paid_at < reservation.expires_at);
            let mut seats: Vec<_> = payment.refunds.iter().flat_map(|refund| &refund.seats).collect();
            let refunded = seats.len();
            seats.sort_unstable();
            seats.dedup();
            assert_eq!(seats.len(), refunded, "no seat is refunded twice");
            let all = refunded == payment.seats.len();
            assert_eq!(matches!(reservation.state, ReservationState::Refunded { .. }), all);
            assert_eq!(payment.refunded_amount() == payment.amount, all, "every seat costs something");
            assert_eq!((payment.amount, payment.user_id), (reservation.amount, reservation.user_id));
            *payments.entry((reservation.concert_id, reservation.user_id)).or_default() += 1;
        }
    }
    let mut completed: BTreeMap<_, usize> = BTreeMap::new();
    for pass in rows.passes.values() {
        if matches!(pass.state, PassState::Ended { end: PassEnd::Completed, .. }) {
            *completed.entry((pass.concert_id, pass.user_id)).or_default() += 1;
        }
    }
    for ((concert_id, user_id), payments) in payments {
        let completed = completed.remove(&(concert_id, user_id)).unwrap_or(0);
        let some_are_removed = rows.rooms.get(&concert_id).is_some_and(|room| room.removed_up_to > 0);
        let fits = completed == payments || some_are_removed && completed < payments;
        assert!(fits, "a payment ends one pass: {completed} of {payments}");
    }
    assert!(completed.is_empty(), "a pass is completed by a payment: {completed:?}");
}

/// Numbers are dense, those served have been admitted or have left, and one user has one live place.
fn check_rooms(rows: &Rows) {
    for (concert_id, room) in &rows.rooms {
        let numbers = rows.passes_of(*concert_id).map(|pass| pass.number.get());
        assert!(numbers.eq(room.removed_up_to + 1..=room.last_number));
        assert!(room.removed_up_to <= room.now_serving);
        let settled =
            rows.passes_of(*concert_id).map(|pass| pass.clone().after_line_end(room.line_end.as_ref()));
        let waiting = settled.filter(|pass| pass.state == PassState::Waiting);
        let numbers: Vec<u64> = waiting.map(|pass| pass.number.get()).collect();
        assert!(numbers.iter().all(|number| *number > room.now_serving));
        assert_eq!(numbers.len(), usize::try_from(room.waiting).unwrap());
        let mut departures: Vec<u64> =
            rows.passes_of(*concert_id).filter_map(|pass| pass.departure).collect();
        departures.sort_unstable();
        assert!(departures.is_sorted_by(|one, next| one < next), "{departures:?}");
        assert!(departures.last().is_none_or(|last| *last <= room.departures));
        if room.removed_up_to == 0 {
            assert!(departures.into_iter().eq(1..=room.departures));
        }
        let live = rows.passes_of(*concert_id).filter(|pass| !matches!(pass.state, PassState::Ended { .. }));
        let mut users: Vec<_> = live.map(|pass| pass.user_id).collect();
        users.sort_unstable();
        assert!(users.is_sorted_by(|one, next| one < next), "somebody stands in line twice");
    }
}

/// What one decision may change.
pub(crate) fn check_step(before: &Rows, after: &Rows, now: Timestamp) {
    check_batch(before, after, now);
    let mut removed = before.passes.iter().filter(|(place, _)| !after.passes.contains_key(place));
    assert!(removed.all(|(_, pass)| matches!(pass.state, PassState::Ended { .. })));
    for (concert_id, room) in &after.rooms {
        let admitted: Vec<&Pass> =
            after.passes_of(*concert_id).filter(|pass| is_newly_admitted(before, pass)).collect();
        if !admitted.is_empty() {
            let capacity = u64::from(room.settings.capacity.get());
            assert!(after.active_in(*concert_id) <= capacity, "{admitted:?} beyond {capacity}");
        }
    }
}

/// What one batch of decisions may change.
pub(crate) fn check_batch(before: &Rows, after: &Rows, now: Timestamp) {
    assert!(after.entries.starts_with(&before.entries), "the ledger is append-only");
    let mut live_keys = before.keys.iter().filter(|(_, recorded)| !recorded.has_expired(now));
    assert!(live_keys.all(|(key, recorded)| after.keys.get(key) == Some(recorded)));
    check_changes(before, after);
    for (id, payment) in &before.payments {
        let after = after.payments.get(id).unwrap();
        assert!(after.refunds.starts_with(&payment.refunds), "a refund is for good");
        assert_eq!(Payment { refunds: payment.refunds.clone(), ..after.clone() }, *payment);
    }
    for (id, performance) in &before.performances {
        let cancelled = performance.cancellation.as_ref().map(|cancellation| cancellation.at);
        let after = after.performances.get(id).unwrap().cancellation.as_ref();
        assert!(cancelled.is_none() || after.map(|cancellation| cancellation.at) == cancelled);
    }
    for payment in after.payments.values().filter(|one| !before.payments.contains_key(&one.reservation_id)) {
        let performance_id = after.reservations.get(&payment.reservation_id).unwrap().performance_id;
        let performance = before.performances.get(&performance_id).unwrap();
        assert!(!performance.is_cancelled(), "nobody pays for a cancelled performance");
    }
    for (id, reservation) in &before.reservations {
        let (from, to) = (reservation.state, after.reservations.get(id).unwrap().state);
        assert!(from == to || from.may_become(&to), "{from:?} became {to:?}");
    }
    assert!(before.check_ins.iter().all(|(ticket, used)| after.check_ins.get(ticket) == Some(used)));
    for ((performance_id, ticket), used) in &after.check_ins {
        let paid = after.payments.get(&ticket.reservation_id).unwrap();
        assert!(used.at >= paid.paid_at && paid.seats.contains(&ticket.seat_number));
        assert_eq!(after.reservations.get(&ticket.reservation_id).unwrap().performance_id, *performance_id);
    }
    for (key, seat) in &before.seats {
        let owner = seat.owner();
        let refunded = owner.and_then(|owner| after.payments.get(&owner)?.refund_of(key.number));
        let is_held = |owner: Option<ReservationId>| {
            let reservation = owner.and_then(|owner| after.reservations.get(&owner));
            reservation.is_some_and(|one| one.state_at(now) == ReservationState::Held)
        };
        let after = after.seats.get(key).unwrap();
        match seat.state {
            SeatState::Sold { .. } => assert!(refunded.is_some() || after == seat, "{key:?} was sold"),
            // A hold may end, and its seat be blocked, in one batch.
            SeatState::Held { .. } if after.state == SeatState::Blocked => {
                assert!(!is_held(owner), "{key:?} was taken from whoever held it");
            }
            _ => {}
        }
        assert_eq!((&after.section, after.price), (&seat.section, seat.price));
    }
    for (place, pass) in &before.passes {
        let Some(after) = after.passes.get(place) else {
            let removed = after.rooms.get(&pass.concert_id).unwrap().removed_up_to;
            assert!(pass.number.get() <= removed, "{pass:?} is lost");
            continue;
        };
        check_pass(pass, after, now);
    }
    for (concert_id, room) in &after.rooms {
        let served_before = before.rooms.get(concert_id).unwrap().now_serving;
        assert!(room.now_serving >= served_before);
        let mut admitted = after.passes_of(*concert_id).filter(|pass| is_newly_admitted(before, pass));
        assert!(admitted.all(|pass| (served_before + 1..=room.now_serving).contains(&pass.number.get())));
    }
}

fn is_newly_admitted(before: &Rows, pass: &Pass) -> bool {
    let waited = before
        .passes
        .get(&(pass.concert_id, pass.number))
        .is_none_or(|before| before.state == PassState::Waiting);
    waited && matches!(pass.state, PassState::Active { .. })
}

/// A pass waits, then is active, then has ended; an active one never lasts shorter than it did.
fn check_pass(before: &Pass, after: &Pass, now: Timestamp) {
    match (before.state, after.state) {
        (PassState::Active { expires_at: from, .. }, PassState::Active { expires_at: to, .. }) => {
            assert!(to >= from);
            assert!(before.is_live(now) || before == after, "a expired pass stays as it is until it ends");
        }
        (PassState::Ended { .. }, _) => assert_eq!(before, after),
        (PassState::Active { .. }, next) => assert_ne!(next, PassState::Waiting, "{before:?}"),
        (PassState::Waiting, _) => {}
    }
}

use seatline_domain::Timestamp;
use seatline_domain::id::{ConcertId, UserId};
use seatline_domain::idempotency::{Outcome, Recorded};
use seatline_domain::queue::{Number, PassState};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::SeatKey;
use seatline_domain::working_set::{Footprint, WorkingSet};

use crate::rows::Rows;

/// Loads what a footprint names and nothing else, as an adapter would.
pub(crate) fn load(stored: &Rows, footprint: &Footprint, now: Timestamp) -> WorkingSet {
    let mut set = WorkingSet::default();
    let performances = footprint.performances.iter().filter_map(|id| stored.performances.get(id));
    let concerts_of = performances.clone().map(|performance| performance.concert_id);
    for id in footprint.concerts.iter().copied().chain(concerts_of) {
        if let Some(concert) = stored.concerts.get(&id) {
            set.concerts.load(id, concert.clone());
        }
    }
    for performance in performances {
        set.performances.load(performance.id, performance.clone());
    }
    let rooms = footprint.rooms.iter().chain(&footprint.active_counts).chain(&footprint.queue_heads);
    for concert_id in rooms {
        if let Some(room) = stored.rooms.get(concert_id) {
            set.rooms.load(*concert_id, room.clone());
        }
    }
    for concert_id in &footprint.active_counts {
        if stored.rooms.get(concert_id).is_some_and(|room| room.waiting == 0) {
            set.passes.load_active(*concert_id, stored.active_in(*concert_id));
        }
    }
    for concert_id in &footprint.queue_heads {
        load_queue_head(stored, *concert_id, now, &mut set);
    }
    for place in &footprint.passes {
        set_pass(stored, *place, &mut set);
    }
    for (concert_id, user_id) in &footprint.live_passes {
        let live = stored
            .passes_of(*concert_id)
            .find(|pass| pass.user_id == *user_id && !matches!(pass.state, PassState::Ended { .. }));
        if let Some(pass) = live {
            set.passes.load(pass.clone());
        }
    }
    for (user_id, id) in &footprint.reservations {
        if let Some(own) = stored.reservations.get(id).filter(|one| one.user_id == *user_id) {
            load_reservation(stored, own, &mut set);
        }
    }
    for (concert_id, user_id) in &footprint.holders {
        load_holder(stored, *concert_id, *user_id, &mut set);
    }
    for key in &footprint.seats {
        load_seat(stored, *key, &mut set);
    }
    for user_id in &footprint.wallets {
        if let Some(wallet) = stored.wallets.get(user_id) {
            set.wallets.load(*user_id, wallet.clone());
        }
    }
    for id in &footprint.charges {
        if let Some(charge) = stored.charges.get(id) {
            set.charges.load(*id, charge.clone());
        }
    }
    for id in &footprint.operator_keys {
        if let Some(key) = stored.operator_keys.get(id) {
            set.operator_keys.load(*id, key.clone());
        }
    }
    for (user, code) in &stored.device_codes {
        if footprint.device_code_owners.contains(user) || footprint.device_codes.contains(&code.hash) {
            set.device_codes.load(*user, code.clone());
        }
    }
    for ticket in &footprint.tickets {
        if let Some(check_in) = stored.check_ins.get(ticket) {
            set.check_ins.load(*ticket, check_in.clone());
        }
    }
    for key in &footprint.keys {
        if let Some(recorded) = stored.keys.get(key) {
            set.keys.load(key.clone(), as_it_stands(stored, recorded));
        }
    }
    set
}

/// A key's record with its thing as it is stored now.
fn as_it_stands(stored: &Rows, recorded: &Recorded) -> Recorded {
    let mut recorded = recorded.clone();
    match &mut recorded.outcome {
        Outcome::Held { reservation, .. } => {
            *reservation = with_performance(stored, stored.reservations.get(&reservation.id).unwrap());
        }
        Outcome::Paid { payment, .. } => {
            payment.clone_from(stored.payments.get(&payment.reservation_id).unwrap());
        }
        Outcome::OperatorKeyCreated(key) => {
            key.clone_from(stored.operator_keys.get(&key.id).unwrap());
        }
        _ => {}
    }
    recorded
}

/// The expired passes, and of the line only as many people as the capacity could take at once.
fn load_queue_head(stored: &Rows, concert_id: ConcertId, now: Timestamp, set: &mut WorkingSet) {
    let Some(room) = stored.rooms.get(&concert_id) else { return };
    set.passes.load_active(concert_id, stored.active_in(concert_id));
    for expired in stored.passes_of(concert_id) {
        if expired.deadline().is_some_and(|deadline| deadline <= now) {
            set.passes.load(expired.clone());
        }
    }
    let capacity = usize::try_from(room.settings.capacity.get()).unwrap();
    let waiting = || stored.passes_of(concert_id).filter(|pass| pass.state == PassState::Waiting);
    if let Some(line_end) = room.line_end {
        waiting().filter(|pass| line_end.covers(pass.number)).for_each(|pass| set.passes.load(pass.clone()));
        set.passes.load_line_end(concert_id, line_end.up_to);
    }
    let line = waiting().filter(|pass| pass.number.get() > room.now_serving);
    let next: Vec<_> = line.take(capacity).cloned().collect();
    let up_to = if next.len() < capacity { Number::MAX } else { next.last().unwrap().number };
    set.passes.load_queue_head(concert_id, up_to);
    for pass in next {
        set.passes.load(pass);
    }
}

fn set_pass(stored: &Rows, place: (ConcertId, Number), set: &mut WorkingSet) {
    if let Some(pass) = stored.passes.get(&place) {
        set.passes.load(pass.clone());
    }
}

fn load_reservation(stored: &Rows, reservation: &Reservation, set: &mut WorkingSet) {
    set.reservations.load(with_performance(stored, reservation));
    for number in reservation.seat_numbers() {
        load_seat(stored, SeatKey { performance_id: reservation.performance_id, number }, set);
    }
    if let Some(payment) = stored.payments.get(&reservation.id) {
        set.payments.load(reservation.id, payment.clone());
    }
}

/// A reservation, and when its performance was cancelled.
fn with_performance(stored: &Rows, reservation: &Reservation) -> Reservation {
    let performance = stored.performances.get(&reservation.performance_id).unwrap();
    let performance_cancelled_at = performance.cancellation.as_ref().map(|cancellation| cancellation.at);
    Reservation { performance_cancelled_at, ..reservation.clone() }
}

fn load_holder(stored: &Rows, concert_id: ConcertId, user_id: UserId, set: &mut WorkingSet) {
    let held = stored.reservations.values().find(|one| {
        (one.concert_id, one.user_id) == (concert_id, user_id) && one.state == ReservationState::Held
    });
    if let Some(held) = held {
        load_reservation(stored, held, set);
    }
    set.bought.insert((concert_id, user_id), stored.bought(concert_id, user_id));
}

fn load_seat(stored: &Rows, key: SeatKey, set: &mut WorkingSet) {
    if let Some(seat) = stored.seats.get(&key) {
        set.seats.load(key, seat.clone());
    }
}

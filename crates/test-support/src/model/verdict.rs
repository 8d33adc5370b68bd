use std::fmt::Debug;

use seatline_domain::Timestamp;
use seatline_domain::id::{ChargeId, ReservationId};
use seatline_domain::idempotency::Answer;
use seatline_domain::payment::{Payment, Refund};
use seatline_domain::point::LedgerEntry;
use seatline_domain::queue::{Number, Pass, PassState, RoomFigures};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::{Seat, SeatState};
use seatline_domain::ticket::{CheckIn, Ticket};

/// What an implementation said, without its instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    /// What kind of answer it is.
    pub(super) kind: String,
    /// All of it.
    pub(super) told: String,
    /// Whether it was no refusal.
    pub(super) succeeded: bool,
    /// What was made, for later operations.
    pub(super) made: Vec<Made>,
}

/// Something that later operations may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    Place(Number),
    /// A place whose turn it is.
    Turn(Number),
    Reservation(ReservationId),
    Charge(ChargeId),
}

impl Verdict {
    /// An answer to an operation of this name.
    pub(super) fn of<T, E: Debug>(name: &str, result: Result<T, E>, tell: impl Fn(&T) -> String) -> Self {
        match result {
            Ok(success) => {
                Self { succeeded: true, kind: format!("{name} Ok"), told: tell(&success), made: Vec::new() }
            }
            Err(refusal) => {
                let told = without_instant(&format!("{refusal:?}"));
                // Errors that hold others are named after these.
                let held = ["Failed(", "Charge("].iter().find_map(|holder| told.strip_prefix(holder));
                let reason = held.unwrap_or(&told);
                let reason: String =
                    reason.chars().take_while(|character| character.is_alphanumeric()).collect();
                Self { succeeded: false, kind: format!("{name} {reason}"), told, made: Vec::new() }
            }
        }
    }

    /// An answer that may be a repetition, which is a kind of its own.
    pub(super) fn of_answer<T, E: Debug>(
        name: &str,
        result: Result<Answer<T>, E>,
        tell: impl Fn(&T) -> String,
    ) -> Self {
        let replayed = result.as_ref().is_ok_and(|answer| answer.replayed);
        let name = if replayed { format!("{name} again") } else { name.to_owned() };
        Self::of(&name, result, |Answer { value, created, replayed }| {
            format!("created: {created}, replayed: {replayed}, {}", tell(value))
        })
    }

    /// The same, with what was made.
    pub(super) fn making(self, made: impl IntoIterator<Item = Made>) -> Self {
        Self { made: made.into_iter().collect(), ..self }
    }
}

/// A refusal without the instant that ends it: the two sides are not of the same age.
fn without_instant(refusal: &str) -> String {
    let rest = refusal.split("s_at: ").next().unwrap_or_default();
    rest.split("{ at: ").next().unwrap_or_default().to_owned()
}

pub(super) fn tell_pass(pass: &Pass, now: Timestamp) -> String {
    let state = match pass.state_at(now) {
        PassState::Waiting => "waiting".to_owned(),
        PassState::Active { show_up_by, .. } => format!("active, shown up: {}", show_up_by.is_none()),
        PassState::Ended { end, admitted_at, .. } => {
            format!("ended {end:?}, admitted: {}", admitted_at.is_some())
        }
    };
    format!("number {} of {} {state}, departure {:?}", pass.number, pass.user_id, pass.departure)
}

pub(super) fn tell_figures(figures: &RoomFigures) -> String {
    let RoomFigures { status, settings, last_number, now_serving, waiting, active, expired, .. } = figures;
    format!(
        "{status:?} {settings:?}: last {last_number}, serving {now_serving}, waiting {waiting}, active {active}, expired {expired}"
    )
}

pub(super) fn tell_reservation(reservation: &Reservation) -> String {
    let state = match reservation.state {
        ReservationState::Held => "held".to_owned(),
        ReservationState::Expired { .. } => "expired".to_owned(),
        ReservationState::Cancelled { .. } => "cancelled".to_owned(),
        ReservationState::Paid { payment_id, .. } => format!("paid by {payment_id}"),
        ReservationState::Refunded { payment_id, .. } => format!("refunded {payment_id}"),
    };
    let Reservation { id, user_id, performance_id, seats, amount, .. } = reservation;
    format!("{id} of {user_id} at {performance_id}: {seats:?} for {amount}, {state}")
}

pub(super) fn tell_payment(payment: &Payment) -> String {
    let Payment { id, reservation_id, user_id, amount, balance_after, seats, refunds, .. } = payment;
    let refunds: Vec<_> = refunds.iter().map(tell_refund).collect();
    let state = payment.state();
    format!(
        "{id} for {reservation_id} of {user_id}: {amount}, left {balance_after}, {state:?}, {seats:?}, {refunds:?}"
    )
}

pub(super) fn tell_refund(refund: &Refund) -> String {
    let Refund { id, payment_id, entry_id, amount, balance_after, seats, by, reason, .. } = refund;
    format!(
        "{id} of {payment_id} by {by:?} for {reason:?}: {amount}, left {balance_after}, {seats:?}, {entry_id}"
    )
}

pub(super) fn tell_entry(entry: &LedgerEntry) -> String {
    let LedgerEntry { id, user_id, sequence, kind, amount, balance_after, reference_id, .. } = entry;
    format!("{id} {sequence} of {user_id}: {kind:?} {amount}, left {balance_after}, for {reference_id:?}")
}

pub(super) fn tell_seat(seat: &Seat, state: SeatState) -> String {
    let state = match state {
        SeatState::Available => "free".to_owned(),
        SeatState::Held { reservation_id, user_id, .. } => format!("held by {reservation_id} of {user_id}"),
        SeatState::Sold { reservation_id, user_id } => format!("sold to {reservation_id} of {user_id}"),
        SeatState::Blocked => "blocked".to_owned(),
    };
    format!("{} {} {} {state}", seat.key.number, seat.section, seat.price)
}

pub(super) fn tell_check_in(check_in: &CheckIn) -> String {
    let CheckIn { id, performance_id, ticket_id, gate, .. } = check_in;
    format!("{id} of {ticket_id} at {performance_id} by {gate:?}")
}

pub(super) fn tell_ticket(ticket: &Ticket) -> String {
    let Ticket { id, payment_id, title, performance_id, place, state, checked_in_at, .. } = ticket;
    let used = checked_in_at.is_some();
    format!("{id} for {payment_id}: {title} {performance_id} {place:?}, {state:?}, used: {used}")
}

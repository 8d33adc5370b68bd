//! What a gate decides at the very moment.

use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{CheckInError, CheckInTicketCommand, Command};
use seatline_domain::id::{AuditEntryId, CheckInId, PaymentId, ReservationId};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::point::Amount;
use seatline_domain::reservation::{Reservation, ReservationState, ReservedSeat};
use seatline_domain::seat::{Seat, SeatKey, SeatNumber, SeatState};
use seatline_domain::storage::StorageError;
use seatline_domain::ticket::TicketId;
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

use crate::rows::Rows;
use crate::world::{performance_of, user_id};

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn reservation_id() -> ReservationId {
    ReservationId::new(Uuid::from_u128(7))
}

fn number() -> SeatNumber {
    SeatNumber::parse(1).unwrap()
}

fn paid() -> ReservationState {
    ReservationState::Paid { payment_id: PaymentId::new(Uuid::from_u128(8)), at: now() }
}

fn refunded() -> ReservationState {
    ReservationState::Refunded { payment_id: PaymentId::new(Uuid::from_u128(8)), at: now() }
}

fn sold_to(reservation_id: ReservationId) -> SeatState {
    SeatState::Sold { reservation_id, user_id: user_id(0) }
}

/// A reservation of one seat, and who has the seat.
fn set(reservation: ReservationState, seat: SeatState) -> WorkingSet {
    let mut set = WorkingSet::default();
    let performance = performance_of(0, 0);
    let key = SeatKey { performance_id: performance.id, number: number() };
    set.seats.load(key, Seat { key, section: "Floor".into(), price: Amount::whole(100), state: seat });
    set.reservations.load(Reservation {
        id: reservation_id(),
        concert_id: performance.concert_id,
        performance_id: performance.id,
        user_id: user_id(0),
        seats: vec![ReservedSeat { number: number(), section: "Floor".into(), price: Amount::whole(100) }],
        amount: Amount::whole(100),
        state: reservation,
        held_at: now(),
        expires_at: now() + TimeDelta::minutes(5),
        performance_cancelled_at: None,
    });
    set.performances.load(performance.id, performance);
    set
}

fn command(key: Option<&str>) -> CheckInTicketCommand {
    let performance = performance_of(0, 0);
    CheckInTicketCommand {
        check_in_id: CheckInId::new(Uuid::from_u128(9)),
        concert_id: performance.concert_id,
        performance_id: performance.id,
        user_id: user_id(0),
        ticket_id: TicketId { reservation_id: reservation_id(), seat_number: number() },
        gate: None,
        stamp: AuditStamp {
            entry_id: AuditEntryId::new(Uuid::from_u128(10)),
            operator: OperatorId::SEATLINE,
        },
        key: key.map(|key| IdempotencyKey::parse(key).unwrap()),
    }
}

#[test]
fn a_ticket_is_void_from_the_moment_its_seat_is_given_back() {
    let other = ReservationId::new(Uuid::from_u128(70));
    for (reservation, seat) in [
        (paid(), SeatState::Available),
        (refunded(), SeatState::Available),
        (paid(), sold_to(other)),
        (refunded(), sold_to(other)),
    ] {
        let mut set = set(reservation, seat);
        let before = Rows::of(&set);
        assert_eq!(command(Some("k")).decide(&mut set, now()), Err(CheckInError::Void), "{reservation:?}");
        assert_eq!(Rows::of(&set), before);
    }
}

#[test]
fn a_used_ticket_whose_seat_is_given_back_is_void_too() {
    let mut set = set(paid(), sold_to(reservation_id()));
    let first = command(Some("k")).decide(&mut set, now()).unwrap();
    set.seats
        .get_mut(&SeatKey { performance_id: performance_of(0, 0).id, number: number() })
        .unwrap()
        .state = SeatState::Available;
    assert_eq!(command(None).decide(&mut set, now()), Err(CheckInError::Void));
    let again = command(Some("k")).decide(&mut set, now()).unwrap();
    assert!(again.replayed && again.value == first.value, "the key's answer stays what it was");
}

#[test]
fn what_was_never_paid_is_no_ticket() {
    for state in [
        ReservationState::Held,
        ReservationState::Expired { at: now() },
        ReservationState::Cancelled { at: now() },
    ] {
        let mut set = set(state, SeatState::Available);
        assert_eq!(command(None).decide(&mut set, now()), Err(CheckInError::Invalid), "{state:?}");
    }
}

#[test]
fn without_its_seat_or_performance_nothing_is_decided() {
    let mut without_seat = set(paid(), sold_to(reservation_id()));
    without_seat.seats.remove(&SeatKey { performance_id: performance_of(0, 0).id, number: number() });
    let mut without_performance = set(paid(), sold_to(reservation_id()));
    without_performance.performances.remove(&performance_of(0, 0).id);
    for mut set in [without_seat, without_performance] {
        let refused = command(None).decide(&mut set, now());
        assert!(matches!(refused, Err(CheckInError::Storage(StorageError::Corrupt(_)))), "{refused:?}");
    }
}

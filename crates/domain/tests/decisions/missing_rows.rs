//! What is decided where something is not known, or should be there and is not.

use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::commands::{
    AdmitWaitingCommand, Command, JoinQueueCommand, LeaveError, LeaveQueueCommand, PayError,
    PayReservationCommand, TurnError,
};
use seatline_domain::id::{LedgerEntryId, PaymentId, ReservationId};
use seatline_domain::point::{Amount, Wallet};
use seatline_domain::queue::{Capacity, Number, Pass, PassState, Room, RoomSettings};
use seatline_domain::reservation::{Reservation, ReservationState, ReservedSeat};
use seatline_domain::seat::SeatNumber;
use seatline_domain::storage::StorageError;
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

use crate::rows::Rows;
use crate::world::{concert_id, performance_of, user_id};

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn room(capacity: u32) -> Room {
    let capacity = Capacity::parse(capacity).unwrap();
    let settings = RoomSettings::new(capacity, None, TimeDelta::minutes(10), TimeDelta::minutes(2)).unwrap();
    Room::open(concert_id(0), settings)
}

fn waiting(number: u64, user: u8) -> Pass {
    Pass::waiting(concert_id(0), Number::new(number), user_id(user), now())
}

#[test]
fn where_the_active_are_not_counted_a_join_waits() {
    let mut set = WorkingSet::default();
    set.rooms.load(concert_id(0), room(5));
    let command =
        JoinQueueCommand { concert_id: concert_id(0), user_id: user_id(0), seats_left: None, key: None };
    assert_eq!(command.decide(&mut set, now()).unwrap().pass.state, PassState::Waiting);
}

#[test]
fn admission_goes_no_further_than_the_line_is_known() {
    let mut set = WorkingSet::default();
    set.rooms.load(concert_id(0), Room { last_number: 4, waiting: 4, ..room(9) });
    set.passes.load_active(concert_id(0), 0);
    set.passes.load_queue_head(concert_id(0), Number::new(2));
    for (number, user) in [(1, 1), (2, 2), (4, 4)] {
        set.passes.load(waiting(number, user));
    }
    let command = AdmitWaitingCommand { concert_id: concert_id(0) };
    let step = command.decide(&mut set, now()).unwrap();
    assert_eq!(step.numbers, [Number::new(1), Number::new(2)], "3 may wait and is not loaded");
    assert!(command.decide(&mut set, now()).unwrap().numbers.is_empty());
}

#[test]
fn a_place_without_its_room_is_an_error_and_stays() {
    let mut set = WorkingSet::default();
    set.passes.load(waiting(1, 0));
    let before = Rows::of(&set);
    let command =
        LeaveQueueCommand { concert_id: concert_id(0), number: Number::new(1), user_id: user_id(0) };
    assert!(matches!(command.decide(&mut set, now()), Err(LeaveError::Storage(StorageError::Corrupt(_)))));
    assert_eq!(Rows::of(&set), before);
}

/// A set with a live hold, its holder's turn and a full wallet, but without the seat.
fn set_without_the_seat(state: ReservationState) -> (WorkingSet, PayReservationCommand) {
    let mut set = WorkingSet::default();
    let mut pass = waiting(1, 0);
    pass.admit(&room(1).settings, now());
    set.passes.load(pass);
    let balance = Amount::whole(500);
    set.wallets.load(user_id(0), Wallet { balance, ..Wallet::empty(user_id(0)) });
    let seat = ReservedSeat {
        number: SeatNumber::parse(1).unwrap(),
        section: "Floor".into(),
        price: Amount::whole(100),
    };
    let reservation = Reservation {
        id: ReservationId::new(Uuid::from_u128(7)),
        concert_id: concert_id(0),
        performance_id: performance_of(0, 0).id,
        user_id: user_id(0),
        seats: vec![seat],
        amount: Amount::whole(100),
        state,
        held_at: now(),
        expires_at: now() + TimeDelta::minutes(5),
        performance_cancelled_at: None,
    };
    let command = PayReservationCommand {
        payment_id: PaymentId::new(Uuid::from_u128(8)),
        entry_id: LedgerEntryId::new(Uuid::from_u128(9)),
        user_id: user_id(0),
        concert_id: concert_id(0),
        number: Number::new(1),
        reservation_id: reservation.id,
        key: None,
    };
    set.reservations.load(reservation);
    (set, command)
}

fn is_corrupt<T>(verdict: &Result<T, TurnError<PayError>>) -> bool {
    matches!(verdict, Err(TurnError::Failed(PayError::Storage(StorageError::Corrupt(_)))))
}

#[test]
fn nothing_is_paid_for_a_seat_that_is_not_there() {
    let (mut set, command) = set_without_the_seat(ReservationState::Held);
    let before = Rows::of(&set);
    assert!(is_corrupt(&command.decide(&mut set, now())));
    assert_eq!(Rows::of(&set), before);
}

#[test]
fn a_paid_reservation_without_its_payment_is_not_paid_again() {
    let paid = ReservationState::Paid { payment_id: PaymentId::new(Uuid::from_u128(8)), at: now() };
    let (mut set, command) = set_without_the_seat(paid);
    let before = Rows::of(&set);
    assert!(is_corrupt(&command.decide(&mut set, now())));
    assert_eq!(Rows::of(&set), before);
}

#[test]
fn a_refunded_reservation_is_not_payable() {
    let refunded = ReservationState::Refunded { payment_id: PaymentId::new(Uuid::from_u128(8)), at: now() };
    let (mut set, command) = set_without_the_seat(refunded);
    assert_eq!(command.decide(&mut set, now()), Err(TurnError::Failed(PayError::NotPayable)));
}

//! Many callers at once.

use std::collections::BTreeSet;
use std::future::Future;

use seatline_domain::commands::{AdmitWaitingCommand, HoldError, JoinQueueCommand, TurnError};
use seatline_domain::id::PaymentId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::point::Amount;
use seatline_domain::queue::PassState;
use seatline_domain::seat::{SeatRefusal, SeatState};

use super::{Fixture, setup};
use crate::TestUser;
use crate::setup::{key, leave_command, seat_number};

/// Starts all calls, then waits for all answers, in the order of the calls.
pub(super) async fn all_at_once<T, F>(calls: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let started: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::with_capacity(started.len());
    for call in started {
        answers.push(call.await.unwrap());
    }
    answers
}

pub(super) async fn of_fifty_who_want_one_seat_one_gets_it(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let mut holds = Vec::new();
    for _ in 0..50 {
        let user = setup.user_in_turn_with(&concert, 0).await;
        holds.push(setup.hold_command(&user.pass, &performance, &[1]));
    }
    let inventory = &fixture.ports().inventory;
    let answers = all_at_once(holds.into_iter().map(|hold| {
        let inventory = inventory.clone();
        async move { inventory.hold(hold).await }
    }))
    .await;
    let winners: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(winners.len(), 1);
    let taken = Err(TurnError::Failed(HoldError::SeatTaken(SeatRefusal::Held, vec![seat_number(1)])));
    assert_eq!(answers.iter().filter(|answer| **answer == taken).count(), 49);
    let owner = winners.first().unwrap().value.id;
    let seat = setup.seat(&performance, 1).await;
    assert!(matches!(seat.state, SeatState::Held { reservation_id, .. } if reservation_id == owner));
}

pub(super) async fn overlapping_selections_never_share_a_seat(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(3).open().await;
    let mut holds = Vec::new();
    for first in (1..=8).chain((1..=8).rev()) {
        let user = setup.user_in_turn_with(&concert, 0).await;
        let seats = [first, first + 1, first + 2];
        holds.push(setup.hold_command(&user.pass, &performance, &seats));
    }
    let inventory = &fixture.ports().inventory;
    let answers = all_at_once(holds.into_iter().map(|hold| {
        let inventory = inventory.clone();
        async move { inventory.hold(hold).await }
    }))
    .await;
    let held: Vec<_> = answers.into_iter().filter_map(Result::ok).collect();
    let seats: Vec<_> = held.iter().flat_map(|answer| answer.value.seat_numbers()).collect();
    assert!(!held.is_empty());
    assert_eq!(seats.iter().collect::<BTreeSet<_>>().len(), seats.len());
    let map = fixture.ports().inventory.seat_map(performance.id).await.unwrap();
    let taken = map.states().filter(|(_, state)| *state != SeatState::Available).count();
    assert_eq!(taken, seats.len());
}

pub(super) async fn one_user_gets_one_hold_however_often_they_ask(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let mut holds = Vec::new();
    for seat in (1..=10).chain(1..=10) {
        holds.push(setup.hold_command(&ada.pass, &performance, &[seat]));
    }
    let inventory = &fixture.ports().inventory;
    let answers = all_at_once(holds.into_iter().map(|hold| {
        let inventory = inventory.clone();
        async move { inventory.hold(hold).await }
    }))
    .await;
    let held: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
    assert_eq!(held.iter().filter(|answer| answer.created).count(), 1);
    let ids: BTreeSet<_> = held.iter().map(|answer| answer.value.id).collect();
    assert_eq!(ids.len(), 1);
    let refused = answers
        .iter()
        .filter(|answer| matches!(answer, Err(TurnError::Failed(HoldError::ReservationActive { .. }))))
        .count();
    assert_eq!(refused, 20 - held.len());
}

pub(super) async fn fifty_charges_add_up_exactly(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let amount = Amount::parse("0.33").unwrap();
    let wallets = &fixture.ports().wallets;
    let charges: Vec<_> =
        (0..50).map(|n| setup.charge_command(user, amount, key(&format!("charge {n}")))).collect();
    let answers = all_at_once(charges.into_iter().map(|charge| {
        let wallets = wallets.clone();
        async move { wallets.charge(charge).await.unwrap() }
    }))
    .await;
    assert!(answers.iter().all(|answer| answer.created && !answer.replayed));
    assert_eq!(wallets.balance(user).await, Ok(Amount::parse("16.5").unwrap()));
    let all = PageRequest { limit: PageLimit::parse(100).unwrap(), after: None };
    let entries = wallets.entries(user, all).await.unwrap().items;
    assert!(entries.iter().map(|entry| entry.sequence).eq((1..=50).rev()));
}

pub(super) async fn one_key_charges_once_however_often_it_comes(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let wallets = &fixture.ports().wallets;
    let charges: Vec<_> =
        (0..20).map(|_| setup.charge_command(user, Amount::whole(10), key("one"))).collect();
    let answers = all_at_once(charges.into_iter().map(|charge| {
        let wallets = wallets.clone();
        async move { wallets.charge(charge).await.unwrap() }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    let entries: BTreeSet<_> = answers.iter().map(|answer| answer.value.id).collect();
    assert_eq!(entries.len(), 1);
    assert_eq!(wallets.balance(user).await, Ok(Amount::whole(10)));
}

pub(super) async fn twenty_payments_debit_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    let payments = &fixture.ports().payments;
    let pays: Vec<_> = (0..20).map(|_| setup.pay_command(&ada.pass, &held)).collect();
    let answers = all_at_once(pays.into_iter().map(|pay| {
        let payments = payments.clone();
        async move { payments.pay(pay).await.unwrap() }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.created).count(), 1);
    let ids: BTreeSet<PaymentId> = answers.iter().map(|answer| answer.value.id).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(ada.balance().await, Amount::whole(900));
    assert_eq!(ada.entries().await.len(), 2);
}

pub(super) async fn a_hold_is_paid_or_given_up_but_not_both(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    for seat in 1..=10 {
        let ada = setup.user_in_turn(&concert).await;
        let held = ada.hold(&performance, &[seat]).await;
        let (pay, leave) = (setup.pay_command(&ada.pass, &held), leave_command(&ada.pass));
        let (payments, rooms) = (fixture.ports().payments.clone(), fixture.ports().rooms.clone());
        let paying = tokio::spawn(async move { payments.pay(pay).await });
        let leaving = tokio::spawn(async move { rooms.leave(leave).await });
        let (paid, left) = (paying.await.unwrap(), leaving.await.unwrap());
        left.unwrap();
        let number = u32::try_from(seat).unwrap();
        let (debited, free) = (ada.balance().await, setup.is_free(&performance, number).await);
        let expected = if paid.is_ok() { (900, false) } else { (1_000, true) };
        assert_eq!((debited, free), (Amount::whole(expected.0), expected.1));
    }
}

pub(super) async fn two_hundred_joins_get_dense_numbers(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(20).add_concert().await;
    let users = setup.users(200).await;
    let rooms = &fixture.ports().rooms;
    let joined = all_at_once(users.into_iter().map(|user_id| {
        let (rooms, concert_id) = (rooms.clone(), concert.id);
        async move {
            rooms.join(JoinQueueCommand { concert_id, user_id, seats_left: None, key: None }).await.unwrap()
        }
    }))
    .await;
    assert!(joined.iter().all(|joined| joined.created));
    let numbers: BTreeSet<u64> = joined.iter().map(|joined| joined.pass.number.get()).collect();
    assert!(numbers.into_iter().eq(1..=200));
    let active = joined.iter().filter(|joined| matches!(joined.pass.state, PassState::Active { .. }));
    assert!(active.map(|joined| joined.pass.number.get()).collect::<BTreeSet<_>>().into_iter().eq(1..=20));
    let figures = setup.figures(&concert).await;
    assert_eq!((figures.last_number, figures.waiting, figures.active), (200, 180, 20));
}

pub(super) async fn one_user_gets_one_place_however_often_they_join(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(1).add_concert().await;
    setup.user_in_line(&concert, 0).await;
    let user_id = setup.user().await;
    let rooms = &fixture.ports().rooms;
    let joined = all_at_once((0..20).map(|_| {
        let (rooms, concert_id) = (rooms.clone(), concert.id);
        async move {
            rooms.join(JoinQueueCommand { concert_id, user_id, seats_left: None, key: None }).await.unwrap()
        }
    }))
    .await;
    assert_eq!(joined.iter().filter(|joined| joined.created).count(), 1);
    assert!(joined.iter().all(|joined| joined.pass.number.get() == 2));
    assert_eq!(setup.figures(&concert).await.last_number, 2);
}

pub(super) async fn admission_from_many_sides_admits_each_place_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().capacity(5).add_concert().await;
    let mut people: Vec<TestUser<'_>> = Vec::new();
    for _ in 0..30 {
        people.push(setup.user_in_line(&concert, 0).await);
    }
    for leaver in people.iter().take(4) {
        leaver.leave().await.unwrap();
    }
    let rooms = &fixture.ports().rooms;
    let steps = all_at_once((0..10).map(|_| {
        let (rooms, concert_id) = (rooms.clone(), concert.id);
        async move { rooms.admit(AdmitWaitingCommand { concert_id }).await.unwrap() }
    }))
    .await;
    let mut numbers: Vec<_> =
        steps.into_iter().flat_map(|step| step.numbers).map(seatline_domain::queue::Number::get).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [6, 7, 8, 9]);
    assert_eq!(setup.figures(&concert).await.active, 5);
}

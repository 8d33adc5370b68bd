//! Seats that are kept back from the sale.

use chrono::TimeDelta;
use seatline_domain::audit::{AuditAction, Fact};
use seatline_domain::commands::{ChangeSeatsCommand, ChangeSeatsError, HoldError, TurnError};
use seatline_domain::concert::Performance;
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::PageRequest;
use seatline_domain::seat::{SeatRefusal, SeatState, SeatsChange};

use super::{Fixture, setup};
use crate::Setup;
use crate::setup::{key, seat_number};

pub(super) fn change(
    setup: Setup<'_>,
    performance: &Performance,
    block: &[(i64, i64)],
    unblock: &[(i64, i64)],
) -> ChangeSeatsCommand {
    ChangeSeatsCommand {
        concert_id: performance.concert_id,
        performance_id: performance.id,
        change: SeatsChange::parse(block, unblock).unwrap(),
        stamp: setup.stamp(),
        key: None,
    }
}

/// How many seats are free, and how many are blocked, by every count that there is.
async fn counts(setup: Setup<'_>, performance: &Performance) -> (u32, u32) {
    let programme = &setup.ports.programme;
    let sales = programme.sales_of(performance.id).await.unwrap().unwrap();
    let listed = programme.listed(performance.id).await.unwrap().unwrap();
    assert_eq!(listed.available_seats, sales.available);
    let map = setup.ports.inventory.seat_map(performance.id).await.unwrap();
    let count = |wanted| u32::try_from(map.states().filter(|(_, state)| *state == wanted).count()).unwrap();
    assert_eq!((count(SeatState::Available), count(SeatState::Blocked)), (sales.available, sales.blocked));
    (sales.available, sales.blocked)
}

pub(super) async fn a_blocked_seat_is_nobodys_until_it_is_given_back(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats(10).open().await;
    let ada = setup.user_in_turn(&concert).await;
    assert_eq!(counts(setup, &performance).await, (10, 0));
    let blocked = ports.inventory.change_seats(change(setup, &performance, &[(1, 3), (7, 7)], &[])).await;
    assert_eq!(blocked, Ok(Answer::existing(performance.id)));
    assert_eq!(counts(setup, &performance).await, (6, 4));
    let refused = ada.try_hold(&performance, &[7]).await;
    let taken = HoldError::SeatTaken(SeatRefusal::Blocked, vec![seat_number(7)]);
    assert_eq!(refused, Err(TurnError::Failed(taken)));
    ports.inventory.change_seats(change(setup, &performance, &[(10, 10)], &[(7, 7)])).await.unwrap();
    assert_eq!(counts(setup, &performance).await, (6, 4));
    ada.hold(&performance, &[7]).await;
}

pub(super) async fn what_somebody_has_is_not_blocked_and_nothing_else_is_either(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats(10).open().await;
    let ada = setup.user_in_line(&concert, 500).await;
    let (bob, eve) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    ada.pay(&ada.hold(&performance, &[3]).await).await;
    bob.hold(&performance, &[4]).await;
    eve.hold(&performance, &[6]).await;
    let refused = async |block: (i64, i64)| {
        let command = change(setup, &performance, &[block], &[(9, 9)]);
        ports.inventory.change_seats(command).await.unwrap_err()
    };
    let taken = |refusal, seats: &[u32]| {
        ChangeSeatsError::SeatTaken(refusal, seats.iter().map(|seat| seat_number(*seat)).collect())
    };
    assert_eq!(refused((1, 8)).await, taken(SeatRefusal::Sold, &[3]));
    assert_eq!(refused((4, 8)).await, taken(SeatRefusal::Held, &[4, 6]));
    assert_eq!(counts(setup, &performance).await, (7, 0));
    let given_back = change(setup, &performance, &[], &[(1, 10)]);
    ports.inventory.change_seats(given_back).await.unwrap();
    assert!(!setup.is_free(&performance, 4).await, "what is held stays held");
}

pub(super) async fn a_seat_whose_hold_has_lapsed_is_blocked(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats(2).open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    ports.inventory.change_seats(change(setup, &performance, &[(1, 1)], &[])).await.unwrap();
    assert_eq!(setup.seat(&performance, 1).await.state, SeatState::Blocked);
    ports.inventory.change_seats(change(setup, &performance, &[], &[(1, 1)])).await.unwrap();
    assert!(setup.is_free(&performance, 1).await);
    assert!(ada.try_pay(&held).await.is_err());
    ada.hold(&performance, &[2]).await;
    assert!(setup.is_free(&performance, 1).await);
}

pub(super) async fn blocking_again_changes_nothing(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (_, performance) = setup.sale().seats(5).open().await;
    for _ in 0..2 {
        ports.inventory.change_seats(change(setup, &performance, &[(2, 3)], &[(5, 5)])).await.unwrap();
        assert_eq!(counts(setup, &performance).await, (3, 2));
    }
}

pub(super) async fn seats_that_there_are_not_are_named(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (_, performance) = setup.sale().seats(5).open().await;
    let refused = ports.inventory.change_seats(change(setup, &performance, &[(5, 7)], &[(9, 9)])).await;
    let missing = [6, 7, 9].map(seat_number).to_vec();
    assert_eq!(refused, Err(ChangeSeatsError::SeatNotFound(missing)));
    assert_eq!(counts(setup, &performance).await, (5, 0));
    let unknown = ChangeSeatsCommand {
        performance_id: seatline_domain::id::PerformanceId::new(setup.id()),
        ..change(setup, &performance, &[(1, 1)], &[])
    };
    assert_eq!(ports.inventory.change_seats(unknown).await, Err(ChangeSeatsError::NotFound));
}

pub(super) async fn seats_are_changed_once_a_key_and_the_change_is_recorded(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats(9).open().await;
    let command =
        ChangeSeatsCommand { key: Some(key("k")), ..change(setup, &performance, &[(1, 3), (5, 5)], &[]) };
    ports.inventory.change_seats(command.clone()).await.unwrap();
    ports.inventory.change_seats(change(setup, &performance, &[(7, 7)], &[(2, 2), (5, 5)])).await.unwrap();
    let again = ports.inventory.change_seats(command.clone()).await;
    assert_eq!(again, Ok(Answer::replayed(performance.id, false)));
    assert_eq!(counts(setup, &performance).await, (6, 3), "nothing was changed");
    let other = ChangeSeatsCommand { change: SeatsChange::parse(&[(1, 4)], &[]).unwrap(), ..command };
    assert_eq!(ports.inventory.change_seats(other).await, Err(ChangeSeatsError::KeyReused(KeyReused)));
    let entry = ports.audit.entries(concert.id, PageRequest::first()).await.unwrap().items.remove(0);
    assert_eq!(entry.action, AuditAction::SeatsChanged);
    let before = entry.before.unwrap();
    let told = (before.get("blocked"), before.get("blockedSeats"), entry.after.get("blocked"));
    let text = |text: &str| Fact::Text(text.to_owned());
    assert_eq!(told, (Some(&text("2, 5")), Some(&Fact::Number(2)), Some(&text("7"))));
}

pub(super) async fn blocked_seats_are_not_left(fixture: &dyn Fixture) {
    let (setup, ports) = (setup(fixture), fixture.ports());
    let (concert, performance) = setup.sale().seats(3).open().await;
    let left = async || ports.queue.seats_left(concert.id).await.unwrap().unwrap();
    ports.inventory.change_seats(change(setup, &performance, &[(1, 3)], &[])).await.unwrap();
    assert!(left().await.are_sold_out());
    ports.inventory.change_seats(change(setup, &performance, &[], &[(2, 2)])).await.unwrap();
    assert_eq!(left().await.available, 1);
}

//! Reservations: looking them up, giving them up, sweeping them up.

use chrono::TimeDelta;
use seatline_domain::commands::{CancelError, CancelReservationCommand, ExpireHoldCommand};
use seatline_domain::id::ReservationId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::reservation::{Reservation, ReservationState};

use super::{Fixture, setup};
use crate::TestUser;

fn expire(reservation: &Reservation) -> ExpireHoldCommand {
    ExpireHoldCommand {
        concert_id: reservation.concert_id,
        user_id: reservation.user_id,
        reservation_id: reservation.id,
    }
}

async fn expired(fixture: &dyn Fixture, limit: u16) -> Vec<ReservationId> {
    let expired = fixture.ports().reservations.expired_holds(limit).await.unwrap();
    expired.into_iter().map(|hold| hold.reservation_id).collect()
}

pub(super) async fn a_hold_given_up_is_free_at_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(2).open().await;
    let (ada, next) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let held = ada.hold(&performance, &[1, 2]).await;
    let cancelled = ada.try_cancel(&held).await.unwrap();
    assert!(matches!(cancelled.state, ReservationState::Cancelled { .. }));
    assert_eq!(ada.reservation(&held).await, cancelled);
    next.hold(&performance, &[2]).await;
    assert!(setup.is_free(&performance, 1).await);
    assert!(ada.is_active().await, "the turn goes on");
}

pub(super) async fn giving_up_twice_is_giving_up_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (ada, next) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let held = ada.hold(&performance, &[1]).await;
    let cancelled = ada.try_cancel(&held).await.unwrap();
    next.hold(&performance, &[1]).await;
    assert_eq!(ada.try_cancel(&held).await, Ok(cancelled));
    assert!(!setup.is_free(&performance, 1).await);
}

pub(super) async fn a_lapsed_hold_stays_lapsed_when_given_up(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (ada, next) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let held = ada.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    next.hold(&performance, &[1]).await;
    for _ in 0..2 {
        let state = ada.try_cancel(&held).await.unwrap().state;
        assert!(matches!(state, ReservationState::Expired { .. }));
    }
    assert!(!setup.is_free(&performance, 1).await, "the seat is somebody else's by now");
}

pub(super) async fn a_paid_reservation_cannot_be_given_up(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    ada.pay(&held).await;
    assert_eq!(ada.try_cancel(&held).await, Err(CancelError::NotCancellable));
    assert!(matches!(ada.reservation(&held).await.state, ReservationState::Paid { .. }));
    assert!(!setup.is_free(&performance, 1).await);
}

pub(super) async fn another_users_reservation_is_not_found(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (ada, other) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let held = ada.hold(&performance, &[1]).await;
    assert_eq!(other.try_cancel(&held).await, Err(CancelError::NotFound));
    let reservations = &fixture.ports().reservations;
    assert_eq!(reservations.reservation(other.id, held.id).await, Ok(None));
    let others = reservations.reservations(other.id, PageRequest::first()).await.unwrap();
    assert!(others.items.is_empty());
    assert_eq!(ada.reservation(&held).await, held);
    let nothing =
        CancelReservationCommand { user_id: ada.id, reservation_id: ReservationId::new(setup.id()) };
    assert_eq!(reservations.cancel(nothing).await, Err(CancelError::NotFound));
}

pub(super) async fn reservations_are_shown_as_they_stand_now(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let shown = ada.reservation(&held).await;
    assert_eq!(shown.state, ReservationState::Expired { at: shown.expires_at });
    let page = fixture.ports().reservations.reservations(ada.id, PageRequest::first()).await.unwrap();
    assert_eq!(page.items, [shown]);
}

pub(super) async fn reservations_are_paged_newest_first(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (ada, other) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    other.hold(&performance, &[9]).await;
    let mut held = Vec::new();
    for seat in 1..=5 {
        let reservation = ada.hold(&performance, &[seat]).await;
        ada.try_cancel(&reservation).await.unwrap();
        held.insert(0, reservation.id);
    }
    let limit = PageLimit::parse(2).unwrap();
    let (mut read, mut after) = (Vec::new(), None);
    for items in [2, 2, 1] {
        let page = PageRequest { limit, after };
        let page = fixture.ports().reservations.reservations(ada.id, page).await.unwrap();
        assert_eq!(page.items.len(), items);
        read.extend(page.items.into_iter().map(|one| one.id));
        after = page.next;
    }
    assert_eq!((read, after), (held, None));
}

pub(super) async fn lapsed_holds_are_found_oldest_first_and_expired_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let mut held = Vec::new();
    for seat in 1..=3 {
        held.push(setup.user_in_turn(&concert).await.hold(&performance, &[seat]).await);
        fixture.pass_time(TimeDelta::minutes(1)).await;
    }
    let ids: Vec<_> = held.iter().map(|one| one.id).collect();
    assert!(expired(fixture, 10).await.is_empty());
    let reservations = &fixture.ports().reservations;
    let oldest = held.first().unwrap();
    assert_eq!(reservations.expire(expire(oldest)).await, Ok(false), "not yet");
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let somebody_elses = ExpireHoldCommand { user_id: setup.user().await, ..expire(oldest) };
    assert_eq!(reservations.expire(somebody_elses).await, Ok(false));
    assert_eq!(expired(fixture, 10).await, ids);
    assert_eq!(expired(fixture, 2).await.as_slice(), ids.get(..2).unwrap());
    assert_eq!(reservations.expire(expire(oldest)).await, Ok(true));
    assert_eq!(reservations.expire(expire(oldest)).await, Ok(false), "written before");
    assert_eq!(expired(fixture, 10).await.as_slice(), ids.get(1..).unwrap());
    let stored = reservations.reservation(oldest.user_id, oldest.id).await.unwrap().unwrap();
    assert_eq!(stored.state, ReservationState::Expired { at: stored.expires_at });
}

pub(super) async fn only_unpaid_holds_lapse(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (payer, quitter): (TestUser<'_>, TestUser<'_>) =
        (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let (paid, cancelled) = (payer.hold(&performance, &[1]).await, quitter.hold(&performance, &[2]).await);
    payer.pay(&paid).await;
    quitter.try_cancel(&cancelled).await.unwrap();
    fixture.pass_time(TimeDelta::minutes(6)).await;
    assert!(expired(fixture, 10).await.is_empty());
    for reservation in [paid, cancelled] {
        assert_eq!(fixture.ports().reservations.expire(expire(&reservation)).await, Ok(false));
    }
    assert!(!setup.is_free(&performance, 1).await);
}

//! Reservations: looking them up, giving them up, sweeping them up.

use chrono::TimeDelta;
use seatline_domain::commands::{CancelError, CancelReservationCommand, ExpireHoldCommand};
use seatline_domain::id::ReservationId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::reservation::{Reservation, ReservationState};

use super::{Fixture, stage};
use crate::Customer;

fn expire(reservation: &Reservation) -> ExpireHoldCommand {
    ExpireHoldCommand { user_id: reservation.user_id, reservation_id: reservation.id }
}

async fn lapsed(fixture: &dyn Fixture, limit: u16) -> Vec<ReservationId> {
    let lapsed = fixture.ports().reservations.expired_holds(limit).await.unwrap();
    lapsed.into_iter().map(|hold| hold.reservation_id).collect()
}

pub(super) async fn a_hold_given_up_is_free_at_once(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().seats_per_user(2).add().await;
    let performance = stage.performance(&concert).add().await;
    let (ada, next) = (stage.customer(&concert).await, stage.customer(&concert).await);
    let held = ada.hold(&performance, &[1, 2]).await;
    let cancelled = ada.try_give_up(&held).await.unwrap();
    assert!(matches!(cancelled.state, ReservationState::Cancelled { .. }));
    assert_eq!(ada.reservation(&held).await, cancelled);
    next.hold(&performance, &[2]).await;
    assert!(stage.is_free(&performance, 1).await);
    assert!(ada.is_active().await, "the turn goes on");
}

pub(super) async fn giving_up_twice_is_giving_up_once(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let (ada, next) = (stage.customer(&concert).await, stage.customer(&concert).await);
    let held = ada.hold(&performance, &[1]).await;
    let cancelled = ada.try_give_up(&held).await.unwrap();
    next.hold(&performance, &[1]).await;
    assert_eq!(ada.try_give_up(&held).await, Ok(cancelled));
    assert!(!stage.is_free(&performance, 1).await);
}

pub(super) async fn a_lapsed_hold_stays_lapsed_when_given_up(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let (ada, next) = (stage.customer(&concert).await, stage.customer(&concert).await);
    let held = ada.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    next.hold(&performance, &[1]).await;
    for _ in 0..2 {
        let state = ada.try_give_up(&held).await.unwrap().state;
        assert!(matches!(state, ReservationState::Expired { .. }));
    }
    assert!(!stage.is_free(&performance, 1).await, "the seat is somebody else's by now");
}

pub(super) async fn a_paid_reservation_cannot_be_given_up(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let ada = stage.customer(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    ada.pay(&held).await;
    assert_eq!(ada.try_give_up(&held).await, Err(CancelError::NotCancellable));
    assert!(matches!(ada.reservation(&held).await.state, ReservationState::Paid { .. }));
    assert!(!stage.is_free(&performance, 1).await);
}

pub(super) async fn another_users_reservation_is_not_found(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let (ada, other) = (stage.customer(&concert).await, stage.customer(&concert).await);
    let held = ada.hold(&performance, &[1]).await;
    assert_eq!(other.try_give_up(&held).await, Err(CancelError::NotFound));
    let reservations = &fixture.ports().reservations;
    assert_eq!(reservations.reservation(other.user, held.id).await, Ok(None));
    let others = reservations.reservations(other.user, PageRequest::first()).await.unwrap();
    assert!(others.items.is_empty());
    assert_eq!(ada.reservation(&held).await, held);
    let nothing =
        CancelReservationCommand { user_id: ada.user, reservation_id: ReservationId::new(stage.id()) };
    assert_eq!(reservations.cancel(nothing).await, Err(CancelError::NotFound));
}

pub(super) async fn reservations_are_shown_as_they_stand_now(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let ada = stage.customer(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let shown = ada.reservation(&held).await;
    assert_eq!(shown.state, ReservationState::Expired { at: shown.expires_at });
    let page = fixture.ports().reservations.reservations(ada.user, PageRequest::first()).await.unwrap();
    assert_eq!(page.items, [shown]);
}

pub(super) async fn reservations_are_paged_newest_first(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let (ada, other) = (stage.customer(&concert).await, stage.customer(&concert).await);
    other.hold(&performance, &[9]).await;
    let mut held = Vec::new();
    for seat in 1..=5 {
        let reservation = ada.hold(&performance, &[seat]).await;
        ada.try_give_up(&reservation).await.unwrap();
        held.insert(0, reservation.id);
    }
    let limit = PageLimit::parse(2).unwrap();
    let (mut read, mut after) = (Vec::new(), None);
    for items in [2, 2, 1] {
        let page = PageRequest { limit, after };
        let page = fixture.ports().reservations.reservations(ada.user, page).await.unwrap();
        assert_eq!(page.items.len(), items);
        read.extend(page.items.into_iter().map(|one| one.id));
        after = page.next;
    }
    assert_eq!((read, after), (held, None));
}

pub(super) async fn lapsed_holds_are_found_oldest_first_and_expired_once(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let mut held = Vec::new();
    for seat in 1..=3 {
        held.push(stage.customer(&concert).await.hold(&performance, &[seat]).await);
        fixture.pass_time(TimeDelta::minutes(1)).await;
    }
    let ids: Vec<_> = held.iter().map(|one| one.id).collect();
    assert!(lapsed(fixture, 10).await.is_empty());
    let reservations = &fixture.ports().reservations;
    let oldest = held.first().unwrap();
    assert_eq!(reservations.expire(expire(oldest)).await, Ok(false), "not yet");
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let somebody_elses = ExpireHoldCommand { user_id: stage.user().await, ..expire(oldest) };
    assert_eq!(reservations.expire(somebody_elses).await, Ok(false));
    assert_eq!(lapsed(fixture, 10).await, ids);
    assert_eq!(lapsed(fixture, 2).await.as_slice(), ids.get(..2).unwrap());
    assert_eq!(reservations.expire(expire(oldest)).await, Ok(true));
    assert_eq!(reservations.expire(expire(oldest)).await, Ok(false), "written before");
    assert_eq!(lapsed(fixture, 10).await.as_slice(), ids.get(1..).unwrap());
    let stored = reservations.reservation(oldest.user_id, oldest.id).await.unwrap().unwrap();
    assert_eq!(stored.state, ReservationState::Expired { at: stored.expires_at });
}

pub(super) async fn only_unpaid_holds_lapse(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let (payer, quitter): (Customer<'_>, Customer<'_>) =
        (stage.customer(&concert).await, stage.customer(&concert).await);
    let (paid, cancelled) = (payer.hold(&performance, &[1]).await, quitter.hold(&performance, &[2]).await);
    payer.pay(&paid).await;
    quitter.try_give_up(&cancelled).await.unwrap();
    fixture.pass_time(TimeDelta::minutes(6)).await;
    assert!(lapsed(fixture, 10).await.is_empty());
    for reservation in [paid, cancelled] {
        assert_eq!(fixture.ports().reservations.expire(expire(&reservation)).await, Ok(false));
    }
    assert!(!stage.is_free(&performance, 1).await);
}

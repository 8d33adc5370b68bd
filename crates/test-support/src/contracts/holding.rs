//! Holding seats.

use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::id::PerformanceId;
use seatline_domain::point::Amount;
use seatline_domain::queue::PassState;
use seatline_domain::reservation::ReservationState;
use seatline_domain::seat::SeatState;

use super::{Fixture, stage};
use crate::{Customer, Stage};

async fn time_left(stage: Stage<'_>, until: Timestamp) -> TimeDelta {
    until - stage.now().await
}

pub(super) async fn held_seats_are_the_holders_until_their_time_is_up(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().seats_per_user(3).add().await;
    let plan = stage.performance(&concert).section("Floor", 1, 5, "120.5").section("Gallery", 6, 9, "30");
    let performance = plan.add().await;
    let ada = stage.customer(&concert).await;
    let before = stage.now().await;
    let answer = ada.try_hold(&performance, &[6, 2]).await.unwrap();
    assert!(answer.created && !answer.replayed);
    let held = answer.value;
    assert!((before..=stage.now().await).contains(&held.held_at));
    assert_eq!(held.expires_at, held.held_at + Stage::HOLD_TTL);
    assert_eq!(held.state, ReservationState::Held);
    assert_eq!((held.user_id, held.concert_id, held.performance_id), (ada.user, concert.id, performance.id));
    let seats: Vec<_> =
        held.seats.iter().map(|seat| (seat.number.get(), seat.section.as_str(), seat.price)).collect();
    assert_eq!(seats, [(2, "Floor", Amount::parse("120.5").unwrap()), (6, "Gallery", Amount::whole(30))]);
    assert_eq!(held.amount, Amount::parse("150.5").unwrap());
    let state = SeatState::Held { reservation_id: held.id, user_id: ada.user, until: held.expires_at };
    for number in [2, 6] {
        assert_eq!(stage.seat(&performance, number).await.state, state);
    }
    assert!(stage.is_free(&performance, 1).await);
    assert_eq!(ada.reservation(&held).await, held);
}

pub(super) async fn holding_the_same_seats_again_does_not_reset_the_clock(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().seats_per_user(2).add().await;
    let performance = stage.performance(&concert).add().await;
    let ada = stage.customer(&concert).await;
    let first = ada.hold(&performance, &[1, 2]).await;
    fixture.pass_time(TimeDelta::minutes(2)).await;
    let again = ada.try_hold(&performance, &[2, 1]).await.unwrap();
    assert!(!again.created && !again.replayed);
    assert_eq!(again.value.id, first.id);
    assert!(time_left(stage, again.value.expires_at).await <= TimeDelta::minutes(3));
    assert!(time_left(stage, ada.reservation(&first).await.expires_at).await <= TimeDelta::minutes(3));
}

pub(super) async fn a_lapsed_hold_is_in_nobodys_way_without_a_sweep(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let (late, next) = (stage.customer(&concert).await, stage.customer(&concert).await);
    let lapsed = late.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let taken = next.hold(&performance, &[1]).await;
    assert!(matches!(late.reservation(&lapsed).await.state, ReservationState::Expired { .. }));
    let state = SeatState::Held { reservation_id: taken.id, user_id: next.user, until: taken.expires_at };
    assert_eq!(stage.seat(&performance, 1).await.state, state);
}

pub(super) async fn sweeping_a_lapsed_hold_leaves_the_next_holder_alone(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let (late, next) = (stage.customer(&concert).await, stage.customer(&concert).await);
    late.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let taken = next.hold(&performance, &[1]).await;
    let reservations = &fixture.ports().reservations;
    for lapsed in reservations.expired_holds(10).await.unwrap() {
        assert_eq!(reservations.expire(lapsed).await, Ok(true));
    }
    assert!(!stage.is_free(&performance, 1).await);
    next.pay(&taken).await;
}

pub(super) async fn after_a_lapsed_hold_its_user_may_hold_again(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let ada = stage.customer(&concert).await;
    let lapsed = ada.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    for seats in [[1], [1]] {
        let held = ada.hold(&performance, &seats).await;
        assert_ne!(held.id, lapsed.id);
    }
    assert!(matches!(ada.reservation(&lapsed).await.state, ReservationState::Expired { .. }));
    assert!(!stage.is_free(&performance, 1).await);
}

pub(super) async fn a_lapsed_hold_of_other_seats_is_let_go_of(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let (ada, next) = (stage.customer(&concert).await, stage.customer(&concert).await);
    ada.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    ada.hold(&performance, &[2]).await;
    next.hold(&performance, &[1]).await;
    let states = [stage.seat(&performance, 1).await.state, stage.seat(&performance, 2).await.state];
    let holders = states.map(|state| match state {
        SeatState::Held { user_id, .. } => Some(user_id),
        _ => None,
    });
    assert_eq!(holders, [Some(next.user), Some(ada.user)]);
    let unwritten = fixture.ports().reservations.expired_holds(10).await.unwrap();
    assert!(unwritten.is_empty(), "it was written off when its user held again");
}

pub(super) async fn a_hold_carries_its_pass_along(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().capacity(1).pass_ttl(TimeDelta::minutes(6)).add().await;
    let performance = stage.performance(&concert).add().await;
    let ada = stage.customer(&concert).await;
    stage.visitor(&concert, 0).await;
    fixture.pass_time(TimeDelta::minutes(4)).await;
    let held = ada.hold(&performance, &[1]).await;
    let PassState::Active { expires_at, .. } = ada.state().await else { panic!("it is her turn") };
    assert_eq!(expires_at, held.expires_at);
    fixture.pass_time(TimeDelta::minutes(4)).await;
    assert!(stage.admit(&concert).await.is_empty(), "the turn lasts as long as the hold");
    ada.pay(&held).await;
}

pub(super) async fn a_hold_never_shortens_its_pass(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let ada = stage.customer(&concert).await;
    ada.hold(&performance, &[1]).await;
    assert_eq!(ada.state().await, ada.pass.state);
}

pub(super) async fn holding_is_showing_up(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().capacity(1).show_up_within(TimeDelta::minutes(2)).add().await;
    let performance = stage.performance(&concert).add().await;
    let (first, ada) = (stage.customer(&concert).await, stage.visitor(&concert, 500).await);
    first.leave().await.unwrap();
    stage.admit(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(3)).await;
    ada.pay(&held).await;
}

pub(super) async fn one_user_may_hold_seats_of_several_concerts(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let ((one, first), (other, second)) = (stage.show().await, stage.show().await);
    let ada = stage.customer(&one).await;
    let elsewhere = Customer { pass: stage.join(&other, ada.user).await.pass, ..ada.clone() };
    let (held, held_elsewhere) = (ada.hold(&first, &[1]).await, elsewhere.hold(&second, &[1]).await);
    elsewhere.leave().await.unwrap();
    assert_eq!(ada.reservation(&held).await.state, ReservationState::Held);
    let cancelled = ada.reservation(&held_elsewhere).await.state;
    assert!(matches!(cancelled, ReservationState::Cancelled { .. }));
}

pub(super) async fn an_unknown_performance_has_no_seats(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    stage.show().await;
    let nowhere = PerformanceId::new(stage.id());
    assert!(fixture.ports().inventory.seat_map(nowhere).await.unwrap().seats.is_empty());
}

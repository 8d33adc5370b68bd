//! Holding seats.

use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::commands::{
    ChangePerformanceCommand, HoldError, HoldSeatsCommand, HoldTarget, TurnError,
};
use seatline_domain::concert::{DateChoice, Performance, PerformanceAvailability, PerformanceChange};
use seatline_domain::id::PerformanceId;
use seatline_domain::point::Amount;
use seatline_domain::queue::{PassEnd, PassRefusal, PassState};
use seatline_domain::reservation::ReservationState;
use seatline_domain::seat::SeatState;

use super::{Fixture, setup};
use crate::{Setup, TestUser};

async fn time_left(setup: Setup<'_>, until: Timestamp) -> TimeDelta {
    until - setup.now().await
}

pub(super) async fn held_seats_are_the_holders_until_their_time_is_up(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().seats_per_user(3).add_concert().await;
    let plan = setup.sale().section("Floor", 1, 5, "120.5").section("Gallery", 6, 9, "30");
    let performance = plan.add_performance(&concert).await;
    let ada = setup.user_in_turn(&concert).await;
    let before = setup.now().await;
    let answer = ada.try_hold(&performance, &[6, 2]).await.unwrap();
    assert!(answer.created && !answer.replayed);
    let held = answer.value;
    assert!((before..=setup.now().await).contains(&held.held_at));
    assert_eq!(held.expires_at, held.held_at + Setup::HOLD_TTL);
    assert_eq!(held.state, ReservationState::Held);
    assert_eq!((held.user_id, held.concert_id, held.performance_id), (ada.id, concert.id, performance.id));
    let seats: Vec<_> =
        held.seats.iter().map(|seat| (seat.number.get(), seat.section.as_str(), seat.price)).collect();
    assert_eq!(seats, [(2, "Floor", Amount::parse("120.5").unwrap()), (6, "Gallery", Amount::whole(30))]);
    assert_eq!(held.amount, Amount::parse("150.5").unwrap());
    let state = SeatState::Held { reservation_id: held.id, user_id: ada.id, until: held.expires_at };
    for number in [2, 6] {
        assert_eq!(setup.seat(&performance, number).await.state, state);
    }
    assert!(setup.is_free(&performance, 1).await);
    assert_eq!(ada.reservation(&held).await, held);
}

pub(super) async fn holding_the_same_seats_again_does_not_reset_the_clock(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(2).open().await;
    let ada = setup.user_in_turn(&concert).await;
    let first = ada.hold(&performance, &[1, 2]).await;
    fixture.pass_time(TimeDelta::minutes(2)).await;
    let again = ada.try_hold(&performance, &[2, 1]).await.unwrap();
    assert!(!again.created && !again.replayed);
    assert_eq!(again.value.id, first.id);
    assert!(time_left(setup, again.value.expires_at).await <= TimeDelta::minutes(3));
    assert!(time_left(setup, ada.reservation(&first).await.expires_at).await <= TimeDelta::minutes(3));
}

pub(super) async fn ones_own_hold_is_found_also_once_nothing_more_can_be_held(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    let closed_at = setup.now().await;
    let change = PerformanceChange { sales_close_at: Some(Some(closed_at)), ..PerformanceChange::default() };
    let closing = ChangePerformanceCommand {
        concert_id: concert.id,
        performance_id: performance.id,
        change,
        stamp: setup.stamp(),
        key: None,
    };
    fixture.ports().editor.change_performance(closing).await.unwrap();
    let again = ada.try_hold(&performance, &[1]).await.unwrap();
    assert!(!again.created && !again.replayed);
    assert_eq!(again.value, held);
    let refused = ada.try_hold(&performance, &[2]).await;
    assert!(matches!(refused, Err(TurnError::Failed(HoldError::SalesClosed { .. }))), "{refused:?}");
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let refused = ada.try_hold(&performance, &[1]).await;
    assert!(matches!(refused, Err(TurnError::Failed(HoldError::SalesClosed { .. }))), "{refused:?}");
}

pub(super) async fn ones_own_hold_is_found_by_its_date(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().add_concert().await;
    let (matinee, evening) =
        (setup.sale().add_performance(&concert).await, setup.sale().add_performance(&concert).await);
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&evening, &[1]).await;
    let as_of = setup.now().await;
    let on_date = |available_seats| {
        let availability = |performance: &Performance| PerformanceAvailability {
            performance: performance.clone(),
            available_seats,
            as_of,
        };
        HoldTarget::Date(DateChoice::among([&matinee, &evening].map(availability).into()).unwrap())
    };
    let hold = async |performance, seat| {
        let command = setup.hold_command(&ada.pass, &matinee, &[seat]);
        fixture.ports().inventory.hold(HoldSeatsCommand { performance, ..command }).await
    };
    for available_seats in [9, 0] {
        let again = hold(on_date(available_seats), 1).await.unwrap();
        assert!(!again.created);
        assert_eq!(again.value, held);
    }
    let bookable = vec![(matinee.id, matinee.starts_at), (evening.id, evening.starts_at)];
    let ambiguous = TurnError::Failed(HoldError::DateAmbiguous(bookable));
    assert_eq!(hold(on_date(9), 2).await, Err(ambiguous));
}

pub(super) async fn a_lapsed_hold_is_in_nobodys_way_without_a_sweep(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (late, next) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let expired = late.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let taken = next.hold(&performance, &[1]).await;
    assert!(matches!(late.reservation(&expired).await.state, ReservationState::Expired { .. }));
    let state = SeatState::Held { reservation_id: taken.id, user_id: next.id, until: taken.expires_at };
    assert_eq!(setup.seat(&performance, 1).await.state, state);
}

pub(super) async fn sweeping_a_lapsed_hold_leaves_the_next_holder_alone(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (late, next) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    late.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let taken = next.hold(&performance, &[1]).await;
    let reservations = &fixture.ports().reservations;
    for expired in reservations.expired_holds(10).await.unwrap() {
        assert_eq!(reservations.expire(expired).await, Ok(true));
    }
    assert!(!setup.is_free(&performance, 1).await);
    next.pay(&taken).await;
}

pub(super) async fn after_a_lapsed_hold_its_user_may_hold_again(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let expired = ada.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    for seats in [[1], [1]] {
        let held = ada.hold(&performance, &seats).await;
        assert_ne!(held.id, expired.id);
    }
    assert!(matches!(ada.reservation(&expired).await.state, ReservationState::Expired { .. }));
    assert!(!setup.is_free(&performance, 1).await);
}

pub(super) async fn a_lapsed_hold_of_other_seats_is_let_go_of(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (ada, next) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    ada.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    ada.hold(&performance, &[2]).await;
    next.hold(&performance, &[1]).await;
    let states = [setup.seat(&performance, 1).await.state, setup.seat(&performance, 2).await.state];
    let holders = states.map(|state| match state {
        SeatState::Held { user_id, .. } => Some(user_id),
        _ => None,
    });
    assert_eq!(holders, [Some(next.id), Some(ada.id)]);
    let unwritten = fixture.ports().reservations.expired_holds(10).await.unwrap();
    assert!(unwritten.is_empty(), "it was written off when its user held again");
}

pub(super) async fn a_hold_carries_its_pass_along(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().capacity(1).pass_ttl(TimeDelta::minutes(6)).open().await;
    let ada = setup.user_in_turn(&concert).await;
    setup.user_in_line(&concert, 0).await;
    fixture.pass_time(TimeDelta::minutes(4)).await;
    let held = ada.hold(&performance, &[1]).await;
    let PassState::Active { expires_at, .. } = ada.state().await else { panic!("it is her turn") };
    assert_eq!(expires_at, held.expires_at);
    fixture.pass_time(TimeDelta::minutes(4)).await;
    assert!(setup.admit(&concert).await.is_empty(), "the turn lasts as long as the hold");
    ada.pay(&held).await;
}

pub(super) async fn a_turn_ends_whatever_is_held_in_it(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().capacity(1).pass_ttl(TimeDelta::minutes(2)).open().await;
    let (ada, next) = (setup.user_in_turn(&concert).await, setup.user_in_line(&concert, 0).await);
    for _ in 0..5 {
        let held = ada.hold(&performance, &[1]).await;
        ada.try_cancel(&held).await.unwrap();
        fixture.pass_time(TimeDelta::minutes(1)).await;
        assert!(setup.admit(&concert).await.is_empty(), "her holds carry her turn along");
    }
    let last = ada.hold(&performance, &[1]).await;
    assert!(last.expires_at - last.held_at <= TimeDelta::minutes(1), "a hold ends with the turn");
    let PassState::Active { expires_at, ends_by, .. } = ada.state().await else { panic!("it is her turn") };
    assert_eq!((expires_at, ends_by), (last.expires_at, last.expires_at));
    fixture.pass_time(TimeDelta::minutes(1)).await;
    let over = ada.try_hold(&performance, &[1]).await;
    assert_eq!(over, Err(TurnError::Refused(PassRefusal::Ended(PassEnd::Expired))));
    assert_eq!(setup.admit(&concert).await, [2]);
    next.hold(&performance, &[1]).await;
    let anew = setup.join(&concert, ada.id).await;
    assert_eq!(anew.pass.state, PassState::Waiting, "she has to queue again");
}

pub(super) async fn a_hold_never_shortens_its_pass(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    ada.hold(&performance, &[1]).await;
    assert_eq!(ada.state().await, ada.pass.state);
}

pub(super) async fn holding_is_showing_up(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().capacity(1).show_up_within(TimeDelta::minutes(2)).open().await;
    let (first, ada) = (setup.user_in_turn(&concert).await, setup.user_in_line(&concert, 500).await);
    first.leave().await.unwrap();
    setup.admit(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(3)).await;
    ada.pay(&held).await;
}

pub(super) async fn one_user_may_hold_seats_of_several_concerts(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let ((one, first), (other, second)) = (setup.sale().open().await, setup.sale().open().await);
    let ada = setup.user_in_turn(&one).await;
    let elsewhere = TestUser { pass: setup.join(&other, ada.id).await.pass, ..ada.clone() };
    let (held, held_elsewhere) = (ada.hold(&first, &[1]).await, elsewhere.hold(&second, &[1]).await);
    elsewhere.leave().await.unwrap();
    assert_eq!(ada.reservation(&held).await.state, ReservationState::Held);
    let cancelled = ada.reservation(&held_elsewhere).await.state;
    assert!(matches!(cancelled, ReservationState::Cancelled { .. }));
}

pub(super) async fn an_unknown_performance_has_no_seats(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    setup.sale().open().await;
    let nowhere = PerformanceId::new(setup.id());
    assert!(fixture.ports().inventory.seat_map(nowhere).await.unwrap().seats.is_empty());
}

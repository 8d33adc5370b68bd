//! Why seats are not held, which reason comes first, and that a refusal leaves nothing behind.

use chrono::TimeDelta;
use seatline_domain::commands::{HoldError, TurnError};
use seatline_domain::concert::Performance;
use seatline_domain::idempotency::KeyReused;
use seatline_domain::queue::{Number, PassEnd, PassRefusal};
use seatline_domain::reservation::ReservationState;
use seatline_domain::seat::SeatRefusal;

use super::picture::Picture;
use super::{Fixture, stage};
use crate::Customer;
use crate::stage::{key, seat_key, seat_number};

/// Tries to hold seats, and expects to be refused for this reason without a trace.
async fn refused(
    customer: &Customer<'_>,
    performance: &Performance,
    seats: &[i64],
    reason: TurnError<HoldError>,
) {
    let users = [customer.user];
    let before = Picture::take(customer.stage, performance, &users).await;
    assert_eq!(customer.try_hold(performance, seats).await, Err(reason));
    assert_eq!(Picture::take(customer.stage, performance, &users).await, before);
}

fn taken(refusal: SeatRefusal, seats: &[u32]) -> TurnError<HoldError> {
    TurnError::Failed(HoldError::SeatTaken(
        refusal,
        seats.iter().map(|number| seat_number(*number)).collect(),
    ))
}

fn missing(seats: &[u32]) -> TurnError<HoldError> {
    TurnError::Failed(HoldError::SeatNotFound(seats.iter().map(|number| seat_number(*number)).collect()))
}

pub(super) async fn nobody_holds_seats_before_their_turn(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().capacity(1).add().await;
    let started = stage.performance(&concert).starting_in(TimeDelta::hours(-1)).add().await;
    let performance = stage.performance(&concert).add().await;
    stage.visitor(&concert, 0).await;
    let ada = stage.visitor(&concert, 0).await;
    refused(&ada, &performance, &[1], PassRefusal::Waiting.into()).await;
    refused(&ada, &started, &[99], PassRefusal::Waiting.into()).await;
}

pub(super) async fn nobody_holds_seats_after_their_turn(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let (leaver, payer, late) =
        (stage.customer(&concert).await, stage.customer(&concert).await, stage.customer(&concert).await);
    leaver.leave().await.unwrap();
    payer.pay(&payer.hold(&performance, &[1]).await).await;
    fixture.pass_time(TimeDelta::minutes(11)).await;
    refused(&leaver, &performance, &[2], PassRefusal::Ended(PassEnd::Left).into()).await;
    refused(&payer, &performance, &[2], PassRefusal::Ended(PassEnd::Completed).into()).await;
    refused(&late, &performance, &[2], PassRefusal::Ended(PassEnd::Expired).into()).await;
}

pub(super) async fn a_pass_is_good_for_its_user_and_its_concert_only(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let ((concert, performance), (_, elsewhere)) = (stage.show().await, stage.show().await);
    let (ada, mut thief) = (stage.customer(&concert).await, stage.customer(&concert).await);
    refused(&ada, &elsewhere, &[1], PassRefusal::Mismatch.into()).await;
    thief.pass.number = ada.pass.number;
    refused(&thief, &performance, &[1], PassRefusal::Mismatch.into()).await;
    thief.pass.number = Number::new(3);
    refused(&thief, &performance, &[1], PassRefusal::Unknown.into()).await;
}

pub(super) async fn seats_are_held_only_while_on_sale(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().add().await;
    let started = stage.performance(&concert).starting_in(TimeDelta::seconds(-1)).add().await;
    let not_open = stage.performance(&concert).on_sale_in(TimeDelta::hours(1)).add().await;
    let open = stage.performance(&concert).on_sale_in(TimeDelta::hours(-1)).add().await;
    let ada = stage.customer(&concert).await;
    refused(&ada, &started, &[99], TurnError::Failed(HoldError::PerformanceStarted)).await;
    refused(&ada, &not_open, &[99], TurnError::Failed(HoldError::SalesNotOpen)).await;
    ada.hold(&open, &[1]).await;
}

pub(super) async fn seats_that_do_not_exist_are_named(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().seats_per_user(9).add().await;
    let performance = stage.performance(&concert).section("Floor", 5, 8, "10").add().await;
    let ada = stage.customer(&concert).await;
    refused(&ada, &performance, &[9, 5, 4], missing(&[4, 9])).await;
    let held = ada.hold(&performance, &[5]).await;
    refused(&ada, &performance, &[9], missing(&[9])).await;
    assert_eq!(ada.reservation(&held).await.state, ReservationState::Held);
}

pub(super) async fn a_seat_of_another_performance_is_not_found(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().add().await;
    let small = stage.performance(&concert).section("Floor", 1, 5, "10").add().await;
    let large = stage.performance(&concert).section("Floor", 1, 9, "10").add().await;
    let ada = stage.customer(&concert).await;
    refused(&ada, &small, &[7], missing(&[7])).await;
    ada.hold(&large, &[7]).await;
}

pub(super) async fn a_live_hold_must_be_settled_before_the_next(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().seats_per_user(2).add().await;
    let (performance, other) =
        (stage.performance(&concert).add().await, stage.performance(&concert).add().await);
    let ada = stage.customer(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    for seats in [&[2][..], &[1, 2], &[1, 2, 3]] {
        refused(&ada, &performance, seats, TurnError::Failed(HoldError::ReservationActive)).await;
    }
    refused(&ada, &other, &[1], TurnError::Failed(HoldError::ReservationActive)).await;
    ada.try_give_up(&held).await.unwrap();
    ada.hold(&other, &[1]).await;
}

pub(super) async fn seats_bought_and_wanted_stay_within_the_limit(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().seats_per_user(3).add().await;
    let (performance, other) =
        (stage.performance(&concert).add().await, stage.performance(&concert).add().await);
    let (ada, holder) = (stage.customer(&concert).await, stage.customer(&concert).await);
    let exceeded = TurnError::Failed(HoldError::SeatLimitExceeded { limit: 3 });
    holder.hold(&performance, &[9]).await;
    refused(&ada, &performance, &[1, 2, 3, 9], exceeded.clone()).await;
    ada.pay(&ada.hold(&performance, &[1, 2]).await).await;
    let again = Customer { pass: stage.join(&concert, ada.user).await.pass, ..ada };
    refused(&again, &other, &[1, 2], exceeded.clone()).await;
    again.pay(&again.hold(&other, &[1]).await).await;
    let full = Customer { pass: stage.join(&concert, again.user).await.pass, ..again };
    refused(&full, &other, &[2], exceeded).await;
}

pub(super) async fn seats_of_others_are_named_with_the_worst_reason_first(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().seats_per_user(9).add().await;
    let performance = stage.performance(&concert).add().await;
    let (buyer, holder, ada) =
        (stage.customer(&concert).await, stage.customer(&concert).await, stage.customer(&concert).await);
    buyer.pay(&buyer.hold(&performance, &[1, 2]).await).await;
    fixture.block_seat(seat_key(&performance, 3)).await;
    holder.hold(&performance, &[4, 5]).await;
    refused(&ada, &performance, &[6, 5, 4, 3, 2, 1], taken(SeatRefusal::Sold, &[1, 2])).await;
    refused(&ada, &performance, &[6, 5, 4, 3], taken(SeatRefusal::Blocked, &[3])).await;
    refused(&ada, &performance, &[6, 5, 4], taken(SeatRefusal::Held, &[4, 5])).await;
    ada.hold(&performance, &[6]).await;
}

pub(super) async fn all_seats_are_held_or_none(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let concert = stage.concert().seats_per_user(9).add().await;
    let performance = stage.performance(&concert).add().await;
    let (holder, ada, other) =
        (stage.customer(&concert).await, stage.customer(&concert).await, stage.customer(&concert).await);
    holder.hold(&performance, &[5]).await;
    refused(&ada, &performance, &[4, 5, 6], taken(SeatRefusal::Held, &[5])).await;
    other.hold(&performance, &[4, 6]).await;
}

pub(super) async fn a_reused_key_is_refused_before_anything_else(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let ada = stage.customer(&concert).await;
    stage.charge(ada.user, "5", "used").await;
    ada.leave().await.unwrap();
    let mut command = stage.hold_command(&ada.pass, &performance, &[99]).await;
    command.key = Some(key("used"));
    assert_eq!(fixture.ports().inventory.hold(command).await, Err(TurnError::Failed(KeyReused.into())));
    let ended = PassRefusal::Ended(PassEnd::Left);
    assert_eq!(ada.try_hold(&performance, &[99]).await, Err(ended.into()));
}

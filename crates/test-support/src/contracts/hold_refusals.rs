//! Refusals of holds: why seats are not held, which reason comes first, and that a refusal leaves nothing behind.

use chrono::TimeDelta;
use seatline_domain::commands::{HoldError, TurnError};
use seatline_domain::concert::Performance;
use seatline_domain::idempotency::KeyReused;
use seatline_domain::queue::{Number, PassEnd, PassRefusal};
use seatline_domain::reservation::ReservationState;
use seatline_domain::seat::SeatRefusal;

use super::snapshot::Snapshot;
use super::{Fixture, setup};
use crate::TestUser;
use crate::setup::{key, seat_key, seat_number};

/// Tries to hold seats, and expects to be refused for this reason without a trace.
async fn refused(
    user: &TestUser<'_>,
    performance: &Performance,
    seats: &[i64],
    reason: TurnError<HoldError>,
) {
    let users = [user.id];
    let before = Snapshot::take(user.setup, performance, &users).await;
    assert_eq!(user.try_hold(performance, seats).await, Err(reason));
    assert_eq!(Snapshot::take(user.setup, performance, &users).await, before);
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
    let setup = setup(fixture);
    let (concert, started) = setup.sale().capacity(1).starts_in(TimeDelta::hours(-1)).open().await;
    let performance = setup.sale().add_performance(&concert).await;
    setup.user_in_line(&concert, 0).await;
    let ada = setup.user_in_line(&concert, 0).await;
    refused(&ada, &performance, &[1], PassRefusal::Waiting.into()).await;
    refused(&ada, &started, &[99], PassRefusal::Waiting.into()).await;
}

pub(super) async fn nobody_holds_seats_after_their_turn(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (leaver, payer, late) = (
        setup.user_in_turn(&concert).await,
        setup.user_in_turn(&concert).await,
        setup.user_in_turn(&concert).await,
    );
    leaver.leave().await.unwrap();
    payer.pay(&payer.hold(&performance, &[1]).await).await;
    fixture.pass_time(TimeDelta::minutes(11)).await;
    refused(&leaver, &performance, &[2], PassRefusal::Ended(PassEnd::Left).into()).await;
    refused(&payer, &performance, &[2], PassRefusal::Ended(PassEnd::Completed).into()).await;
    refused(&late, &performance, &[2], PassRefusal::Ended(PassEnd::Expired).into()).await;
}

pub(super) async fn a_pass_is_good_for_its_user_and_its_concert_only(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let ((concert, performance), (_, elsewhere)) = (setup.sale().open().await, setup.sale().open().await);
    let (ada, mut thief) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    refused(&ada, &elsewhere, &[1], PassRefusal::Mismatch.into()).await;
    thief.pass.number = ada.pass.number;
    refused(&thief, &performance, &[1], PassRefusal::Mismatch.into()).await;
    thief.pass.number = Number::new(3);
    refused(&thief, &performance, &[1], PassRefusal::Unknown.into()).await;
}

pub(super) async fn seats_are_held_only_while_on_sale(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, started) = setup.sale().starts_in(TimeDelta::seconds(-1)).open().await;
    let not_open = setup.sale().sales_open_in(TimeDelta::hours(1)).add_performance(&concert).await;
    let open = setup.sale().sales_open_in(TimeDelta::hours(-1)).add_performance(&concert).await;
    let ada = setup.user_in_turn(&concert).await;
    let starts_at = started.starts_at;
    refused(&ada, &started, &[99], TurnError::Failed(HoldError::PerformanceStarted { starts_at })).await;
    let opens_at = not_open.sales_open_at.unwrap();
    refused(&ada, &not_open, &[99], TurnError::Failed(HoldError::SalesNotOpen { opens_at })).await;
    ada.hold(&open, &[1]).await;
}

pub(super) async fn seats_that_do_not_exist_are_named(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(9).section("Floor", 5, 8, "10").open().await;
    let ada = setup.user_in_turn(&concert).await;
    refused(&ada, &performance, &[9, 5, 4], missing(&[4, 9])).await;
    let held = ada.hold(&performance, &[5]).await;
    refused(&ada, &performance, &[9], missing(&[9])).await;
    assert_eq!(ada.reservation(&held).await.state, ReservationState::Held);
}

pub(super) async fn a_seat_of_another_performance_is_not_found(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, small) = setup.sale().section("Floor", 1, 5, "10").open().await;
    let large = setup.sale().section("Floor", 1, 9, "10").add_performance(&concert).await;
    let ada = setup.user_in_turn(&concert).await;
    refused(&ada, &small, &[7], missing(&[7])).await;
    ada.hold(&large, &[7]).await;
}

pub(super) async fn a_live_hold_must_be_settled_before_the_next(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().seats_per_user(2).add_concert().await;
    let (performance, other) =
        (setup.sale().add_performance(&concert).await, setup.sale().add_performance(&concert).await);
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    let active = TurnError::Failed(HoldError::ReservationActive { reservation_id: held.id });
    for seats in [&[2][..], &[1, 2], &[1, 2, 3]] {
        refused(&ada, &performance, seats, active.clone()).await;
    }
    refused(&ada, &other, &[1], active).await;
    ada.try_cancel(&held).await.unwrap();
    ada.hold(&other, &[1]).await;
}

pub(super) async fn seats_bought_and_wanted_stay_within_the_limit(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().seats_per_user(3).add_concert().await;
    let (performance, other) =
        (setup.sale().add_performance(&concert).await, setup.sale().add_performance(&concert).await);
    let (ada, holder) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let exceeded = TurnError::Failed(HoldError::SeatLimitExceeded { limit: 3 });
    holder.hold(&performance, &[9]).await;
    refused(&ada, &performance, &[1, 2, 3, 9], exceeded.clone()).await;
    ada.pay(&ada.hold(&performance, &[1, 2]).await).await;
    let again = TestUser { pass: setup.join(&concert, ada.id).await.pass, ..ada };
    refused(&again, &other, &[1, 2], exceeded.clone()).await;
    again.pay(&again.hold(&other, &[1]).await).await;
    let full = TestUser { pass: setup.join(&concert, again.id).await.pass, ..again };
    refused(&full, &other, &[2], exceeded).await;
}

pub(super) async fn seats_of_others_are_named_with_the_worst_reason_first(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(9).open().await;
    let (buyer, holder, ada) = (
        setup.user_in_turn(&concert).await,
        setup.user_in_turn(&concert).await,
        setup.user_in_turn(&concert).await,
    );
    buyer.pay(&buyer.hold(&performance, &[1, 2]).await).await;
    fixture.block_seat(seat_key(&performance, 3)).await;
    holder.hold(&performance, &[4, 5]).await;
    refused(&ada, &performance, &[6, 5, 4, 3, 2, 1], taken(SeatRefusal::Sold, &[1, 2])).await;
    refused(&ada, &performance, &[6, 5, 4, 3], taken(SeatRefusal::Blocked, &[3])).await;
    refused(&ada, &performance, &[6, 5, 4], taken(SeatRefusal::Held, &[4, 5])).await;
    ada.hold(&performance, &[6]).await;
}

pub(super) async fn all_seats_are_held_or_none(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(9).open().await;
    let (holder, ada, other) = (
        setup.user_in_turn(&concert).await,
        setup.user_in_turn(&concert).await,
        setup.user_in_turn(&concert).await,
    );
    holder.hold(&performance, &[5]).await;
    refused(&ada, &performance, &[4, 5, 6], taken(SeatRefusal::Held, &[5])).await;
    other.hold(&performance, &[4, 6]).await;
}

pub(super) async fn a_reused_key_is_refused_before_anything_else(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    setup.charge(ada.id, "5", "used").await;
    ada.leave().await.unwrap();
    let mut command = setup.hold_command(&ada.pass, &performance, &[99]);
    command.key = Some(key("used"));
    assert_eq!(fixture.ports().inventory.hold(command).await, Err(TurnError::Failed(KeyReused.into())));
    let ended = PassRefusal::Ended(PassEnd::Left);
    assert_eq!(ada.try_hold(&performance, &[99]).await, Err(ended.into()));
}

//! Refusals of payments: why a reservation is not paid, and that a refusal leaves nothing behind.

use chrono::TimeDelta;
use seatline_domain::commands::{PayError, TurnError};
use seatline_domain::concert::Performance;
use seatline_domain::id::ReservationId;
use seatline_domain::point::{Amount, InsufficientPoints};
use seatline_domain::queue::{Number, PassEnd, PassRefusal};
use seatline_domain::reservation::{Reservation, ReservationState};

use super::snapshot::Snapshot;
use super::{Fixture, setup};
use crate::TestUser;

/// Tries to pay, and expects to be refused for this reason without a trace.
async fn refused(
    user: &TestUser<'_>,
    performance: &Performance,
    reservation: &Reservation,
    reason: TurnError<PayError>,
) {
    let users = [user.id, reservation.user_id];
    let before = Snapshot::take(user.setup, performance, &users).await;
    assert_eq!(user.try_pay(reservation).await, Err(reason));
    assert_eq!(Snapshot::take(user.setup, performance, &users).await, before);
}

/// The refusal of a hold whose time is up.
async fn expired(user: &TestUser<'_>, reservation: &Reservation) -> TurnError<PayError> {
    TurnError::Failed(PayError::HoldExpired { expires_at: user.reservation(reservation).await.expires_at })
}

pub(super) async fn nobody_pays_after_the_deadline(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (ada, stored) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let (late, written) = (ada.hold(&performance, &[1]).await, stored.hold(&performance, &[2]).await);
    fixture.pass_time(TimeDelta::minutes(6)).await;
    for expired in fixture.ports().reservations.expired_holds(10).await.unwrap() {
        if expired.reservation_id == written.id {
            fixture.ports().reservations.expire(expired).await.unwrap();
        }
    }
    refused(&ada, &performance, &late, expired(&ada, &late).await).await;
    refused(&stored, &performance, &written, expired(&stored, &written).await).await;
    assert!(setup.is_free(&performance, 1).await);
    fixture.pass_time(TimeDelta::minutes(6)).await;
    assert!(!ada.is_active().await);
    refused(&ada, &performance, &late, expired(&ada, &late).await).await;
}

pub(super) async fn nobody_pays_for_seats_that_are_the_next_holders(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (late, next) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let lapsed = late.hold(&performance, &[1]).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let held = next.hold(&performance, &[1]).await;
    refused(&late, &performance, &lapsed, expired(&late, &lapsed).await).await;
    next.pay(&held).await;
    refused(&late, &performance, &lapsed, expired(&late, &lapsed).await).await;
}

pub(super) async fn without_enough_points_the_hold_stays(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().seats_per_user(2).open().await;
    let ada = setup.user_in_turn_with(&concert, 199).await;
    let held = ada.hold(&performance, &[1, 2]).await;
    let reason = InsufficientPoints { balance: Amount::whole(199), required: Amount::whole(200) };
    refused(&ada, &performance, &held, TurnError::Failed(reason.into())).await;
    assert_eq!(ada.reservation(&held).await.state, ReservationState::Held);
    setup.charge(ada.id, "1", "the missing point").await;
    ada.pay(&held).await;
}

pub(super) async fn another_users_reservation_is_not_found(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (ada, other) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let held = ada.hold(&performance, &[1]).await;
    refused(&other, &performance, &held, TurnError::Failed(PayError::ReservationNotFound)).await;
    let mut nothing = held.clone();
    nothing.id = ReservationId::new(setup.id());
    refused(&ada, &performance, &nothing, TurnError::Failed(PayError::ReservationNotFound)).await;
    ada.pay(&held).await;
    refused(&other, &performance, &held, TurnError::Failed(PayError::ReservationNotFound)).await;
}

pub(super) async fn a_reservation_given_up_cannot_be_paid(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    ada.try_cancel(&held).await.unwrap();
    refused(&ada, &performance, &held, TurnError::Failed(PayError::NotPayable)).await;
}

pub(super) async fn paying_takes_a_turn_at_this_concert(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let ((concert, performance), (other, _)) = (setup.sale().open().await, setup.sale().open().await);
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    let elsewhere = TestUser { pass: setup.join(&other, ada.id).await.pass, ..ada.clone() };
    refused(&elsewhere, &performance, &held, PassRefusal::Mismatch.into()).await;
    let somebody = setup.user_in_turn(&concert).await;
    let mut borrowed = ada.clone();
    borrowed.pass.number = somebody.pass.number;
    refused(&borrowed, &performance, &held, PassRefusal::Mismatch.into()).await;
    borrowed.pass.number = Number::new(99);
    refused(&borrowed, &performance, &held, PassRefusal::Unknown.into()).await;
    ada.pay(&held).await;
}

pub(super) async fn nobody_pays_after_leaving(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    ada.leave().await.unwrap();
    refused(&ada, &performance, &held, PassRefusal::Ended(PassEnd::Left).into()).await;
    let back = TestUser { pass: setup.join(&concert, ada.id).await.pass, ..ada };
    refused(&back, &performance, &held, TurnError::Failed(PayError::NotPayable)).await;
}

pub(super) async fn nobody_pays_with_a_place_in_line(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().capacity(1).open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    ada.leave().await.unwrap();
    setup.user_in_turn(&concert).await;
    let waiting = TestUser { pass: setup.join(&concert, ada.id).await.pass, ..ada };
    refused(&waiting, &performance, &held, PassRefusal::Waiting.into()).await;
}

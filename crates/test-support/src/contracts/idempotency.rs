//! One key, one effect, one answer, over all operations of a user.

use chrono::TimeDelta;
use seatline_domain::id::{LedgerEntryId, PaymentId, ReservationId};
use seatline_domain::idempotency::KeyReused;
use seatline_domain::payment::PayReservation;
use seatline_domain::point::Amount;
use seatline_domain::seat::{HoldError, HoldSeats};

use super::{Fixture, stage};
use crate::stage::key;

pub(super) async fn a_repeated_hold_gives_the_first_answer(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let ada = stage.customer(&concert).await;
    let first =
        HoldSeats { key: Some(key("hold")), ..stage.hold_command(&ada.pass, &performance, &[1]).await };
    let inventory = &fixture.ports().inventory;
    let made = inventory.hold(first.clone()).await.unwrap();
    assert!(made.created && !made.replayed);
    let again = HoldSeats { reservation_id: ReservationId::new(stage.id()), ..first.clone() };
    let repeated = inventory.hold(again).await.unwrap();
    assert!(repeated.created && repeated.replayed);
    assert_eq!(repeated.value, made.value);
    ada.try_give_up(&made.value).await.unwrap();
    let later = inventory.hold(first).await.unwrap();
    assert!(later.replayed, "also when the hold is gone");
    assert_eq!(later.value.id, made.value.id);
    assert!(stage.is_free(&performance, 1).await);
}

pub(super) async fn a_key_on_the_callers_own_hold_remembers_that_it_made_nothing(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let ada = stage.customer(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    let command =
        HoldSeats { key: Some(key("found")), ..stage.hold_command(&ada.pass, &performance, &[1]).await };
    let found = fixture.ports().inventory.hold(command.clone()).await.unwrap();
    assert!(!found.created && !found.replayed);
    let again = fixture.ports().inventory.hold(command).await.unwrap();
    assert!(!again.created && again.replayed);
    assert_eq!((found.value.id, again.value.id), (held.id, held.id));
}

pub(super) async fn a_repeated_payment_gives_the_first_answer(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let ada = stage.customer(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    let first = PayReservation { key: Some(key("pay")), ..stage.pay_command(&ada.pass, &held) };
    let paid = fixture.ports().payments.pay(first.clone()).await.unwrap();
    let again = PayReservation {
        payment_id: PaymentId::new(stage.id()),
        entry_id: LedgerEntryId::new(stage.id()),
        ..first
    };
    let repeated = fixture.ports().payments.pay(again).await.unwrap();
    assert!(repeated.created && repeated.replayed);
    assert_eq!(repeated.value, paid.value);
    assert_eq!(ada.balance().await, Amount::whole(900));
    let other_key = PayReservation { key: Some(key("pay 2")), ..stage.pay_command(&ada.pass, &held) };
    let found = fixture.ports().payments.pay(other_key).await.unwrap();
    assert!(!found.created && !found.replayed);
    assert_eq!(found.value, paid.value);
}

pub(super) async fn a_key_serves_one_operation_of_its_user(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let (ada, other) = (stage.customer(&concert).await, stage.customer(&concert).await);
    let ports = fixture.ports();
    stage.charge(ada.user, "5", "charged").await;
    let hold = stage.hold_command(&ada.pass, &performance, &[1]).await;
    let with_key = |name| HoldSeats { key: Some(key(name)), ..hold.clone() };
    assert_eq!(ports.inventory.hold(with_key("charged")).await, Err(KeyReused.into()));
    let held = ports.inventory.hold(with_key("held")).await.unwrap().value;
    let pay = stage.pay_command(&ada.pass, &held);
    for name in ["charged", "held"] {
        let command = PayReservation { key: Some(key(name)), ..pay.clone() };
        assert_eq!(ports.payments.pay(command).await, Err(KeyReused.into()));
    }
    ports.payments.pay(PayReservation { key: Some(key("paid")), ..pay }).await.unwrap();
    for name in ["held", "paid"] {
        let charge = stage.charge_command(ada.user, Amount::whole(5), key(name));
        assert_eq!(ports.wallets.charge(charge).await, Err(KeyReused.into()));
    }
    assert_eq!(ada.balance().await, Amount::whole(905));
    stage.charge(other.user, "5", "paid").await;
}

pub(super) async fn the_same_key_for_other_seats_is_refused(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let ada = stage.customer(&concert).await;
    for (seats, expected) in [(1, None), (2, Some(KeyReused))] {
        let command = HoldSeats {
            key: Some(key("hold")),
            ..stage.hold_command(&ada.pass, &performance, &[seats]).await
        };
        let refusal = fixture.ports().inventory.hold(command).await.err();
        assert_eq!(refusal, expected.map(HoldError::from));
    }
    assert!(stage.is_free(&performance, 2).await);
}

pub(super) async fn a_refusal_leaves_its_key_unused(fixture: &dyn Fixture) {
    let stage = stage(fixture);
    let (concert, performance) = stage.show().await;
    let (ada, holder) = (stage.customer_with(&concert, 50).await, stage.customer(&concert).await);
    holder.hold(&performance, &[1]).await;
    let hold =
        HoldSeats { key: Some(key("retry")), ..stage.hold_command(&ada.pass, &performance, &[1]).await };
    fixture.ports().inventory.hold(hold.clone()).await.unwrap_err();
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let held = fixture.ports().inventory.hold(hold).await.unwrap();
    assert!(held.created && !held.replayed);
    let pay = PayReservation { key: Some(key("retry pay")), ..stage.pay_command(&ada.pass, &held.value) };
    fixture.ports().payments.pay(pay.clone()).await.unwrap_err();
    stage.charge(ada.user, "50", "more").await;
    let paid = fixture.ports().payments.pay(pay).await.unwrap();
    assert!(paid.created && !paid.replayed);
}

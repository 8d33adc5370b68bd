//! One key, one effect, one answer, over all operations of a user.

use chrono::TimeDelta;
use seatline_domain::commands::{HoldError, HoldSeatsCommand, PayReservationCommand, TurnError};
use seatline_domain::id::{LedgerEntryId, PaymentId, ReservationId};
use seatline_domain::idempotency::{KeyReused, policy};
use seatline_domain::point::Amount;
use seatline_domain::reservation::ReservationState;

use super::{Fixture, setup};
use crate::TestUser;
use crate::setup::key;

pub(super) async fn a_repeated_hold_gives_the_first_answer(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let first =
        HoldSeatsCommand { key: Some(key("hold")), ..setup.hold_command(&ada.pass, &performance, &[1]) };
    let inventory = &fixture.ports().inventory;
    let made = inventory.hold(first.clone()).await.unwrap();
    assert!(made.created && !made.replayed);
    let again = HoldSeatsCommand { reservation_id: ReservationId::new(setup.id()), ..first.clone() };
    let repeated = inventory.hold(again).await.unwrap();
    assert!(repeated.created && repeated.replayed);
    assert_eq!(repeated.value, made.value);
    ada.try_cancel(&made.value).await.unwrap();
    let later = inventory.hold(first).await.unwrap();
    assert!(later.replayed, "also when the hold is gone");
    assert_eq!(later.value.id, made.value.id);
    assert!(matches!(later.value.state, ReservationState::Cancelled { .. }), "as it stands now");
    assert!(setup.is_free(&performance, 1).await);
}

pub(super) async fn a_repeated_hold_is_shown_as_it_stands_now(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (ada, payer) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let inventory = &fixture.ports().inventory;
    let hold = async |user: &TestUser<'_>, seat| HoldSeatsCommand {
        key: Some(key("hold")),
        ..setup.hold_command(&user.pass, &performance, &[seat])
    };
    let (lapses, paid) = (hold(&ada, 1).await, hold(&payer, 2).await);
    let first = inventory.hold(lapses.clone()).await.unwrap().value;
    payer.pay(&inventory.hold(paid.clone()).await.unwrap().value).await;
    fixture.pass_time(TimeDelta::minutes(6)).await;
    for written in [false, true] {
        if written {
            for expired in fixture.ports().reservations.expired_holds(10).await.unwrap() {
                fixture.ports().reservations.expire(expired).await.unwrap();
            }
        }
        let again = inventory.hold(lapses.clone()).await.unwrap();
        assert!(again.created && again.replayed);
        assert_eq!(again.value.id, first.id);
        assert!(matches!(again.value.state, ReservationState::Expired { .. }), "{again:?}");
    }
    let again = inventory.hold(paid).await.unwrap();
    assert!(again.created && matches!(again.value.state, ReservationState::Paid { .. }), "{again:?}");
}

pub(super) async fn a_key_on_the_callers_own_hold_remembers_that_it_made_nothing(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    let command =
        HoldSeatsCommand { key: Some(key("found")), ..setup.hold_command(&ada.pass, &performance, &[1]) };
    let found = fixture.ports().inventory.hold(command.clone()).await.unwrap();
    assert!(!found.created && !found.replayed);
    let again = fixture.ports().inventory.hold(command).await.unwrap();
    assert!(!again.created && again.replayed);
    assert_eq!((found.value.id, again.value.id), (held.id, held.id));
}

pub(super) async fn a_repeated_payment_gives_the_first_answer(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let held = ada.hold(&performance, &[1]).await;
    let first = PayReservationCommand { key: Some(key("pay")), ..setup.pay_command(&ada.pass, &held) };
    let paid = fixture.ports().payments.pay(first.clone()).await.unwrap();
    let again = PayReservationCommand {
        payment_id: PaymentId::new(setup.id()),
        entry_id: LedgerEntryId::new(setup.id()),
        ..first
    };
    let repeated = fixture.ports().payments.pay(again).await.unwrap();
    assert!(repeated.created && repeated.replayed);
    assert_eq!(repeated.value, paid.value);
    assert_eq!(ada.balance().await, Amount::whole(900));
    let other_key = PayReservationCommand { key: Some(key("pay 2")), ..setup.pay_command(&ada.pass, &held) };
    let found = fixture.ports().payments.pay(other_key).await.unwrap();
    assert!(!found.created && !found.replayed);
    assert_eq!(found.value, paid.value);
}

pub(super) async fn a_key_serves_one_operation_of_its_user(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (ada, other) = (setup.user_in_turn(&concert).await, setup.user_in_turn(&concert).await);
    let ports = fixture.ports();
    setup.charge(ada.id, "5", "charged").await;
    let hold = setup.hold_command(&ada.pass, &performance, &[1]);
    let with_key = |name| HoldSeatsCommand { key: Some(key(name)), ..hold.clone() };
    assert_eq!(ports.inventory.hold(with_key("charged")).await, Err(TurnError::Failed(KeyReused.into())));
    let held = ports.inventory.hold(with_key("held")).await.unwrap().value;
    let pay = setup.pay_command(&ada.pass, &held);
    for name in ["charged", "held"] {
        let command = PayReservationCommand { key: Some(key(name)), ..pay.clone() };
        assert_eq!(ports.payments.pay(command).await, Err(TurnError::Failed(KeyReused.into())));
    }
    ports.payments.pay(PayReservationCommand { key: Some(key("paid")), ..pay }).await.unwrap();
    for name in ["held", "paid"] {
        let charge = setup.charge_command(ada.id, Amount::whole(5), key(name));
        assert_eq!(ports.wallets.charge(charge).await, Err(KeyReused.into()));
    }
    assert_eq!(ada.balance().await, Amount::whole(905));
    setup.charge(other.id, "5", "paid").await;
}

pub(super) async fn the_same_key_for_other_seats_is_refused(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    for (seats, expected) in [(1, None), (2, Some(KeyReused))] {
        let command = HoldSeatsCommand {
            key: Some(key("hold")),
            ..setup.hold_command(&ada.pass, &performance, &[seats])
        };
        let refusal = fixture.ports().inventory.hold(command).await.err();
        assert_eq!(refusal, expected.map(|reused| TurnError::Failed(HoldError::from(reused))));
    }
    assert!(setup.is_free(&performance, 2).await);
}

pub(super) async fn a_refusal_leaves_its_key_unused(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let (ada, holder) = (setup.user_in_turn_with(&concert, 50).await, setup.user_in_turn(&concert).await);
    holder.hold(&performance, &[1]).await;
    let hold =
        HoldSeatsCommand { key: Some(key("retry")), ..setup.hold_command(&ada.pass, &performance, &[1]) };
    fixture.ports().inventory.hold(hold.clone()).await.unwrap_err();
    fixture.pass_time(TimeDelta::minutes(6)).await;
    let held = fixture.ports().inventory.hold(hold).await.unwrap();
    assert!(held.created && !held.replayed);
    let pay =
        PayReservationCommand { key: Some(key("retry pay")), ..setup.pay_command(&ada.pass, &held.value) };
    fixture.ports().payments.pay(pay.clone()).await.unwrap_err();
    setup.charge(ada.id, "50", "more").await;
    let paid = fixture.ports().payments.pay(pay).await.unwrap();
    assert!(paid.created && !paid.replayed);
}

pub(super) async fn a_key_answers_for_a_day_and_is_then_as_good_as_new(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let wallets = &fixture.ports().wallets;
    let charge = |amount| setup.charge_command(user, Amount::whole(amount), key("daily"));
    let first = wallets.charge(charge(10)).await.unwrap();
    fixture.pass_time(policy::KEY_TTL - TimeDelta::minutes(1)).await;
    let repeated = wallets.charge(charge(10)).await.unwrap();
    assert!(repeated.replayed);
    assert_eq!(repeated.value.id, first.value.id);
    assert_eq!(wallets.charge(charge(20)).await, Err(KeyReused.into()));
    // Nobody has removed its record.
    fixture.pass_time(TimeDelta::minutes(2)).await;
    let anew = wallets.charge(charge(20)).await.unwrap();
    assert!(anew.created && !anew.replayed);
    assert_eq!(anew.value.balance_after, Amount::whole(30));
    fixture.pass_time(policy::KEY_TTL - TimeDelta::minutes(1)).await;
    assert_eq!(wallets.charge(charge(20)).await.unwrap().value.id, anew.value.id, "for a day of its own");
    assert_eq!(wallets.charge(charge(10)).await, Err(KeyReused.into()));
    assert_eq!(wallets.balance(user).await, Ok(Amount::whole(30)));
}

pub(super) async fn young_keys_are_not_forgotten_and_old_ones_a_few_at_a_time(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let keys = &fixture.ports().keys;
    for name in ["a", "b", "c"] {
        setup.charge(user, "1", name).await;
        fixture.pass_time(TimeDelta::hours(1)).await;
    }
    assert_eq!(keys.delete_expired(10).await, Ok(0));
    fixture.pass_time(TimeDelta::hours(22)).await;
    assert_eq!(keys.delete_expired(1).await, Ok(1));
    assert_eq!(keys.delete_expired(10).await, Ok(1), "the third is an hour younger");
    assert_eq!(keys.delete_expired(10).await, Ok(0));
    let again = setup.charge_command(user, Amount::whole(1), key("c"));
    assert!(fixture.ports().wallets.charge(again).await.unwrap().replayed);
    fixture.pass_time(TimeDelta::hours(1)).await;
    assert_eq!(keys.delete_expired(10).await, Ok(1));
}

pub(super) async fn a_forgotten_key_may_be_used_anew(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn(&concert).await;
    let ports = fixture.ports();
    let hold =
        HoldSeatsCommand { key: Some(key("one")), ..setup.hold_command(&ada.pass, &performance, &[1]) };
    let held = ports.inventory.hold(hold.clone()).await.unwrap().value;
    let pay = PayReservationCommand { key: Some(key("two")), ..setup.pay_command(&ada.pass, &held) };
    let paid = ports.payments.pay(pay.clone()).await.unwrap();
    fixture.pass_time(policy::KEY_TTL + TimeDelta::minutes(1)).await;
    // Both, and that of the first points.
    assert_eq!(ports.keys.delete_expired(10).await, Ok(3));
    let found = ports.payments.pay(pay.clone()).await.unwrap();
    assert!(!found.created && !found.replayed, "a reservation is paid once, with keys and without");
    assert_eq!(found.value.id, paid.value.id);
    let again = ports.payments.pay(pay).await.unwrap();
    assert!(!again.created && !again.replayed, "what changed nothing left no key behind");
    assert_eq!(ada.balance().await, Amount::whole(900));
    assert!(matches!(ports.inventory.hold(hold).await, Err(TurnError::Refused(_))), "that turn is over");
    setup.charge(ada.id, "5", "one").await;
}

//! Accounts that never did anything, and are removed after a time.

use chrono::TimeDelta;
use seatline_domain::commands::RegisterUserCommand;
use seatline_domain::id::UserId;
use seatline_domain::idempotency::{NetworkDigest, NewcomerKey};
use seatline_domain::point::Amount;
use seatline_domain::ports::IdleRemoval;
use seatline_domain::user::{User, policy};

use super::contention::all_at_once;
use super::{Fixture, setup};
use crate::setup::{key, token_hash};

const KEEP: TimeDelta = TimeDelta::days(90);
const MANY: u16 = 100;

/// Looks at all accounts.
async fn find(fixture: &dyn Fixture) {
    assert_eq!(fixture.ports().idle_accounts.find_idle(None, KEEP, MANY).await, Ok(None));
}

async fn remove(fixture: &dyn Fixture) -> IdleRemoval {
    fixture.ports().idle_accounts.remove_idle(KEEP, MANY).await.unwrap()
}

fn removal(looked_at: usize, removed: usize) -> IdleRemoval {
    IdleRemoval { looked_at, removed }
}

async fn is_there(fixture: &dyn Fixture, user: UserId) -> bool {
    fixture.ports().accounts.user(user).await.unwrap().is_some()
}

pub(super) async fn an_account_that_never_did_anything_goes_after_its_time(fixture: &dyn Fixture) {
    let user = setup(fixture).user().await;
    fixture.pass_time(KEEP - TimeDelta::minutes(1)).await;
    find(fixture).await;
    fixture.pass_time(policy::IDLE_GRACE).await;
    assert_eq!(remove(fixture).await, removal(0, 0), "it was too young to be found");
    find(fixture).await;
    assert_eq!(remove(fixture).await, removal(0, 0), "it was found just now");
    fixture.pass_time(policy::IDLE_GRACE - TimeDelta::minutes(1)).await;
    find(fixture).await;
    fixture.pass_time(TimeDelta::minutes(1)).await;
    assert!(is_there(fixture, user).await);
    assert_eq!(remove(fixture).await, removal(1, 1));
    assert!(!is_there(fixture, user).await);
    let ports = fixture.ports();
    assert_eq!(ports.accounts.user_with_token(token_hash(user)).await, Ok(None));
    let charge = setup(fixture).charge_command(user, Amount::whole(1), key("late"));
    assert!(ports.wallets.charge(charge).await.is_err(), "its wallet is gone too");
    assert_eq!(remove(fixture).await, removal(0, 0));
}

pub(super) async fn whatever_an_account_did_keeps_it(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().capacity(2).price("0").open().await;
    let charged = setup.user_with(1).await;
    let holder = setup.user_in_turn_with(&concert, 0).await;
    holder.hold(&performance, &[1]).await;
    holder.leave().await.unwrap();
    // Turns end by time; a line does not.
    setup.user_in_line(&concert, 0).await;
    setup.user_in_line(&concert, 0).await;
    let waiting = setup.user_in_line(&concert, 0).await;
    fixture.pass_time(KEEP * 2).await;
    find(fixture).await;
    fixture.pass_time(policy::IDLE_GRACE).await;
    assert_eq!(remove(fixture).await.removed, 0);
    for user in [charged, holder.id, waiting.id] {
        assert!(is_there(fixture, user).await);
    }
}

pub(super) async fn who_only_waited_in_line_has_done_nothing(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().add_concert().await;
    let user = setup.user_in_line(&concert, 0).await;
    user.leave().await.unwrap();
    fixture.pass_time(KEEP).await;
    find(fixture).await;
    fixture.pass_time(policy::IDLE_GRACE).await;
    assert_eq!(remove(fixture).await, removal(1, 1));
    assert!(!is_there(fixture, user.id).await);
}

pub(super) async fn an_account_that_is_used_after_it_was_found_is_kept(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (user, other) = (setup.user().await, setup.user().await);
    fixture.pass_time(KEEP).await;
    find(fixture).await;
    let found = fixture.ports().accounts.user_with_token(token_hash(user)).await;
    assert_eq!(found, Ok(Some(user)));
    fixture.pass_time(policy::IDLE_GRACE).await;
    assert_eq!(remove(fixture).await, removal(1, 1));
    assert!(is_there(fixture, user).await && !is_there(fixture, other).await);
    setup.charge(user, "1", "alive").await;
}

pub(super) async fn an_account_that_does_something_after_it_was_found_is_kept(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let concert = setup.sale().add_concert().await;
    let (charging, joining) = (setup.user().await, setup.user().await);
    fixture.pass_time(KEEP).await;
    find(fixture).await;
    setup.charge(charging, "1", "alive").await;
    fixture.pass_time(policy::IDLE_GRACE).await;
    setup.join(&concert, joining).await;
    assert_eq!(remove(fixture).await, removal(2, 0));
    assert!(is_there(fixture, charging).await && is_there(fixture, joining).await);
    assert_eq!(remove(fixture).await, removal(0, 0), "they are taken off");
}

pub(super) async fn accounts_are_looked_at_and_removed_a_few_at_a_time(fixture: &dyn Fixture) {
    let users = setup(fixture).users(3).await;
    fixture.pass_time(KEEP).await;
    let accounts = &fixture.ports().idle_accounts;
    let next = accounts.find_idle(None, KEEP, 2).await.unwrap();
    assert!(next.is_some());
    assert_eq!(accounts.find_idle(next, KEEP, 2).await, Ok(None));
    fixture.pass_time(policy::IDLE_GRACE).await;
    for left in [2, 1, 0] {
        assert_eq!(accounts.remove_idle(KEEP, 1).await, Ok(removal(1, 1)));
        let mut there = 0;
        for user in &users {
            there += usize::from(is_there(fixture, *user).await);
        }
        assert_eq!(there, left);
    }
}

pub(super) async fn the_key_of_an_account_that_is_gone_is_as_good_as_new(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let registration = || {
        let id = UserId::new(setup.id());
        let key = NewcomerKey { network: NetworkDigest::new([1; 16]), key: key("key") };
        RegisterUserCommand { user: User { id, name: None }, token_hash: token_hash(id), key: Some(key) }
    };
    let accounts = &fixture.ports().accounts;
    let first = accounts.register(registration()).await.unwrap().value.user.id;
    fixture.pass_time(KEEP).await;
    find(fixture).await;
    fixture.pass_time(policy::IDLE_GRACE).await;
    assert_eq!(remove(fixture).await, removal(1, 1));
    // Nobody has removed its record.
    let second = accounts.register(registration()).await.unwrap();
    assert!(second.created && !second.replayed && second.value.user.id != first);
}

pub(super) async fn an_account_is_charged_or_removed_but_not_both(fixture: &dyn Fixture) {
    const PEOPLE: usize = 20;
    let setup = setup(fixture);
    let users = setup.users(PEOPLE).await;
    fixture.pass_time(KEEP).await;
    find(fixture).await;
    fixture.pass_time(policy::IDLE_GRACE).await;
    let calls = users.iter().map(|user| {
        let (wallets, accounts) = (fixture.ports().wallets.clone(), fixture.ports().idle_accounts.clone());
        let charge = setup.charge_command(*user, Amount::whole(7), key("now"));
        async move {
            let (charged, removed) = tokio::join!(wallets.charge(charge), accounts.remove_idle(KEEP, 3));
            assert!(removed.is_ok());
            charged.is_ok()
        }
    });
    let charged = all_at_once(calls).await;
    remove(fixture).await;
    for (user, charged) in users.into_iter().zip(charged) {
        assert_eq!(is_there(fixture, user).await, charged);
        let balance = fixture.ports().wallets.balance(user).await.unwrap();
        assert_eq!(balance, if charged { Amount::whole(7) } else { Amount::ZERO });
    }
}

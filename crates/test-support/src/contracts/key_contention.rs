//! Many callers at once with the same idempotency key, fresh or expired.

use chrono::TimeDelta;
use seatline_domain::commands::HoldSeatsCommand;
use seatline_domain::idempotency::policy;
use seatline_domain::point::Amount;

use super::contention::all_at_once;
use super::{Fixture, setup};
use crate::setup::key;

/// Holding and charging lock different rows, so nothing but the key stands between them.
pub(super) async fn a_key_has_one_effect_among_several_operations(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (concert, performance) = setup.sale().open().await;
    let users = setup.users(10).await;
    let (with_old_keys, _) = users.split_at(5);
    for user in with_old_keys {
        setup.charge(*user, "1", "same").await;
    }
    fixture.pass_time(policy::KEY_TTL + TimeDelta::minutes(1)).await;
    let ports = fixture.ports();
    let mut calls = Vec::new();
    for (user, seat) in users.iter().zip(1..) {
        let pass = setup.join(&concert, *user).await.pass;
        let hold = setup.hold_command(&pass, &performance, &[seat]);
        let hold = HoldSeatsCommand { key: Some(key("same")), ..hold };
        let charge = setup.charge_command(*user, Amount::whole(5), key("same"));
        let (inventory, wallets) = (ports.inventory.clone(), ports.wallets.clone());
        calls.push(async move { tokio::join!(inventory.hold(hold), wallets.charge(charge)) });
    }
    for (held, charged) in all_at_once(calls).await {
        assert!(held.is_ok() != charged.is_ok(), "{held:?} {charged:?}");
    }
}

pub(super) async fn an_old_key_charges_once_more_while_others_forget_it(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    setup.charge(user, "1", "old").await;
    fixture.pass_time(policy::KEY_TTL + TimeDelta::minutes(1)).await;
    let ports = fixture.ports();
    let charges: Vec<_> =
        (0..20).map(|_| setup.charge_command(user, Amount::whole(10), key("old"))).collect();
    let calls = charges.into_iter().map(|charge| {
        let (wallets, keys) = (ports.wallets.clone(), ports.keys.clone());
        async move { tokio::join!(wallets.charge(charge), keys.delete_expired(1)) }
    });
    let (mut made, mut forgotten) = (0, 0);
    for (charged, removed) in all_at_once(calls).await {
        made += usize::from(!charged.unwrap().replayed);
        forgotten += removed.unwrap();
    }
    assert_eq!(made, 1);
    assert!(forgotten <= 1, "the new record stays");
    assert_eq!(ports.wallets.balance(user).await, Ok(Amount::whole(11)));
    let again = setup.charge_command(user, Amount::whole(10), key("old"));
    assert!(ports.wallets.charge(again).await.unwrap().replayed);
}

pub(super) async fn forgetting_from_many_sides_removes_each_key_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    for n in 0..30 {
        setup.charge(user, "1", &format!("old {n}")).await;
    }
    fixture.pass_time(policy::KEY_TTL + TimeDelta::minutes(1)).await;
    setup.charge(user, "1", "young").await;
    let ports = fixture.ports();
    let sides = (0..6).map(|_| {
        let keys = ports.keys.clone();
        async move {
            let mut removed = 0;
            // A side that finds nothing may have passed over what another is about to remove.
            while let step @ 1.. = keys.delete_expired(4).await.unwrap() {
                removed += step;
            }
            removed
        }
    });
    let removed: usize = all_at_once(sides).await.into_iter().sum();
    let rest = ports.keys.delete_expired(100).await.unwrap();
    assert_eq!(removed + rest, 30);
    let young = setup.charge_command(user, Amount::whole(1), key("young"));
    assert!(ports.wallets.charge(young).await.unwrap().replayed);
}

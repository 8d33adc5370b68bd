//! Points: charging and looking them up.

use seatline_domain::commands::ChargeError;
use seatline_domain::id::UserId;
use seatline_domain::idempotency::KeyReused;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::point::{Amount, LedgerEntryKind, WalletFull, policy};

use super::{Fixture, setup};
use crate::Setup;
use crate::setup::key;

async fn try_charge(
    setup: Setup<'_>,
    user: UserId,
    amount: Amount,
    name: &str,
) -> Result<Amount, ChargeError> {
    let command = setup.charge_command(user, amount, key(name));
    setup.ports.wallets.charge(command).await.map(|answer| answer.value.balance_after)
}

async fn balance(setup: Setup<'_>, user: UserId) -> Amount {
    setup.ports.wallets.balance(user).await.unwrap()
}

async fn entries_in(setup: Setup<'_>, user: UserId) -> usize {
    setup.ports.wallets.entries(user, PageRequest::first()).await.unwrap().items.len()
}

pub(super) async fn a_charge_adds_to_the_balance_and_the_ledger(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let before = setup.now().await;
    let answer = setup.charge(user, "1500.5", "first").await;
    assert!(answer.created && !answer.replayed);
    let entry = answer.value;
    assert_eq!((entry.user_id, entry.sequence, entry.kind), (user, 1, LedgerEntryKind::Charge));
    assert_eq!((entry.amount, entry.reference_id), (Amount::parse("1500.5").unwrap(), None));
    assert!((before..=setup.now().await).contains(&entry.created_at));
    let page = fixture.ports().wallets.entries(user, PageRequest::first()).await.unwrap();
    assert_eq!(page.items, [entry]);
    setup.charge(user, "0.25", "second").await;
    assert_eq!(balance(setup, user).await, Amount::parse("1500.75").unwrap());
}

pub(super) async fn entries_are_paged_newest_first_with_the_running_balance(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (user, other) = (setup.user().await, setup.user_with(7).await);
    for amount in ["10", "20.25", "0.5", "4", "5"] {
        setup.charge(user, amount, amount).await;
    }
    let limit = PageLimit::parse(2).unwrap();
    let (mut read, mut after) = (Vec::new(), None);
    for items in [2, 2, 1] {
        let page = fixture.ports().wallets.entries(user, PageRequest { limit, after }).await.unwrap();
        assert_eq!(page.items.len(), items);
        read.extend(page.items.into_iter().map(|entry| (entry.sequence, entry.balance_after.to_string())));
        after = page.next;
    }
    let expected = [(5, "39.75"), (4, "34.75"), (3, "30.75"), (2, "30.25"), (1, "10")];
    assert_eq!(read, expected.map(|(sequence, balance)| (sequence, balance.to_owned())));
    assert_eq!((after, balance(setup, other).await), (None, Amount::whole(7)));
}

pub(super) async fn a_charge_is_above_zero_and_not_beyond_the_cap(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let beyond = policy::MAX_CHARGE.checked_add(Amount::parse("0.01").unwrap()).unwrap();
    assert_eq!(try_charge(setup, user, Amount::ZERO, "none").await, Err(ChargeError::NotPositive));
    assert_eq!(try_charge(setup, user, beyond, "much").await, Err(ChargeError::TooMuch));
    assert_eq!((balance(setup, user).await, entries_in(setup, user).await), (Amount::ZERO, 0));
    let least = Amount::parse("0.01").unwrap();
    assert_eq!(try_charge(setup, user, least, "none").await, Ok(least), "a refusal leaves the key unused");
    let sum = policy::MAX_CHARGE.checked_add(least).unwrap();
    assert_eq!(try_charge(setup, user, policy::MAX_CHARGE, "most").await, Ok(sum));
}

pub(super) async fn a_wallet_is_filled_to_its_cap_and_not_beyond(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    for charge in 0..100 {
        try_charge(setup, user, policy::MAX_CHARGE, &format!("charge {charge}")).await.unwrap();
    }
    assert_eq!(balance(setup, user).await, policy::MAX_BALANCE);
    let least = Amount::parse("0.01").unwrap();
    assert_eq!(try_charge(setup, user, least, "last").await, Err(WalletFull.into()));
    assert_eq!(balance(setup, user).await, policy::MAX_BALANCE);
    let newest = fixture.ports().wallets.entries(user, PageRequest::first()).await.unwrap();
    assert_eq!(newest.items.first().unwrap().sequence, 100);
}

pub(super) async fn the_same_key_gives_the_same_answer_and_adds_nothing(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let first = setup.charge(user, "10", "once").await;
    setup.charge(user, "5", "another").await;
    let again = setup.charge(user, "10.00", "once").await;
    assert!(again.created && again.replayed);
    assert_eq!(again.value, first.value);
    assert_eq!((balance(setup, user).await, entries_in(setup, user).await), (Amount::whole(15), 2));
}

pub(super) async fn the_same_key_for_another_amount_is_refused(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    setup.charge(user, "10", "once").await;
    for amount in [Amount::whole(11), Amount::ZERO] {
        assert_eq!(try_charge(setup, user, amount, "once").await, Err(KeyReused.into()));
    }
    assert_eq!((balance(setup, user).await, entries_in(setup, user).await), (Amount::whole(10), 1));
}

pub(super) async fn another_users_same_key_is_another_key(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (one, other) = (setup.user().await, setup.user().await);
    setup.charge(one, "10", "shared").await;
    let answer = setup.charge(other, "20", "shared").await;
    assert!(!answer.replayed);
    assert_eq!(balance(setup, one).await, Amount::whole(10));
    assert_eq!(balance(setup, other).await, Amount::whole(20));
}

pub(super) async fn a_wallet_that_is_not_there_cannot_be_charged(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let nobody = UserId::new(setup.id());
    let refused = try_charge(setup, nobody, Amount::whole(1), "lost").await;
    assert!(matches!(refused, Err(ChargeError::Storage(_))));
    assert_eq!(entries_in(setup, nobody).await, 0);
}

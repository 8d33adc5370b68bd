use std::sync::Arc;

use mockall::predicate::eq;
use seatline_application::charges::Charging;
use seatline_application::points::{ChargePoints, ChargePointsError, Charged, ListEntries, ShowBalance};
use seatline_domain::commands::ChargeError;
use seatline_domain::id::LedgerEntryId;
use seatline_domain::idempotency::{Answer, IdempotencyKey, KeyReused};
use seatline_domain::page::Page;
use seatline_domain::point::{Amount, LedgerEntry, LedgerEntryKind, WalletFull};
use seatline_domain::ports::MockWallets;

use crate::samples::{id, ids, now, page, unavailable, user};

fn entry() -> LedgerEntry {
    LedgerEntry {
        id: LedgerEntryId::new(id(1_001)),
        user_id: user(),
        sequence: 1,
        kind: LedgerEntryKind::Charge,
        amount: Amount::whole(50),
        balance_after: Amount::whole(50),
        reference_id: None,
        created_at: now(),
    }
}

#[tokio::test]
async fn points_are_charged_under_the_clients_key() {
    let answers: [Result<Answer<LedgerEntry>, ChargeError>; 5] = [
        Ok(Answer::created(entry())),
        Ok(Answer::replayed(entry(), true)),
        Err(WalletFull.into()),
        Err(KeyReused.into()),
        Err(unavailable().into()),
    ];
    for answer in answers {
        let (mut wallets, expected) = (MockWallets::new(), answer.clone());
        wallets.expect_charge().times(1).return_once(|command| {
            assert_eq!(command.entry_id, LedgerEntryId::new(id(1_001)));
            assert_eq!((command.user_id, command.amount), (user(), Amount::whole(50)));
            assert_eq!(command.key.as_str(), "once");
            answer
        });
        let charge = ChargePoints { charging: Charging::Play, wallets: Arc::new(wallets), ids: ids() };
        let key = IdempotencyKey::parse("once").unwrap();
        let expected = expected.map(Charged::Credited).map_err(ChargePointsError::Play);
        assert_eq!(charge.execute(user(), Amount::whole(50), key).await, expected);
    }
}

#[tokio::test]
async fn nobody_charges_where_operators_credit() {
    let charge =
        ChargePoints { charging: Charging::Operator, wallets: Arc::new(MockWallets::new()), ids: ids() };
    let key = IdempotencyKey::parse("once").unwrap();
    let refused = charge.execute(user(), Amount::whole(50), key).await;
    assert_eq!(refused, Err(ChargePointsError::Closed));
}

#[tokio::test]
async fn a_balance_is_shown() {
    let mut wallets = MockWallets::new();
    wallets.expect_balance().with(eq(user())).return_once(|_| Ok(Amount::whole(50)));
    let show = ShowBalance { wallets: Arc::new(wallets) };
    assert_eq!(show.execute(user()).await, Ok(Amount::whole(50)));
}

#[tokio::test]
async fn entries_are_listed_by_the_page_asked_for() {
    let asked = page(3, Some(9));
    let mut wallets = MockWallets::new();
    wallets
        .expect_entries()
        .with(eq(user()), eq(asked))
        .return_once(|_, _| Ok(Page { items: vec![entry()], next: Some(1) }));
    let list = ListEntries { wallets: Arc::new(wallets) };
    assert_eq!(list.execute(user(), asked).await, Ok(Page { items: vec![entry()], next: Some(1) }));
}

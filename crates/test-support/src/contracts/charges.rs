//! Charges by a provider: written down, looked up, and credited once.

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use futures::future::join_all;
use seatline_domain::charge::{
    Charge, ChargeBacklog, ChargeState, Checkout, Currency, Finding, ProviderName, Received,
    policy as charges,
};
use seatline_domain::commands::{
    ChargeError, CreateChargeCommand, CreateChargeError, RecordFindingCommand, RecordFindingError,
};
use seatline_domain::event::{EventKind, EventPosition, PublishedEvent};
use seatline_domain::id::{ChargeId, LedgerEntryId, UserId};
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::point::{Amount, LedgerEntryKind, policy};

use super::{Fixture, setup};
use crate::Setup;
use crate::setup::key;

const PROVIDER: ProviderName = ProviderName::Stripe;

async fn try_create(
    setup: Setup<'_>,
    user_id: UserId,
    amount: &str,
    name: &str,
) -> Result<Answer<ChargeId>, CreateChargeError> {
    let command = CreateChargeCommand {
        charge_id: ChargeId::new(setup.id()),
        user_id,
        amount: Amount::parse(amount).unwrap(),
        currency: Currency::KRW,
        provider: PROVIDER,
        key: key(name),
    };
    setup.ports.charges.create(command).await
}

async fn create(setup: Setup<'_>, user_id: UserId, amount: &str, name: &str) -> Charge {
    let id = try_create(setup, user_id, amount, name).await.unwrap().value;
    setup.ports.charges.charge(id).await.unwrap().unwrap()
}

async fn record(setup: Setup<'_>, charge: &Charge, finding: Finding) -> Charge {
    let entry_id = LedgerEntryId::new(setup.id());
    let command = RecordFindingCommand { charge_id: charge.id, user_id: charge.user_id, finding, entry_id };
    setup.ports.charges.record(command).await.unwrap()
}

fn paid(amount: &str) -> Finding {
    Finding::Paid(Received { amount: Amount::parse(amount).unwrap(), currency: Currency::KRW })
}

fn started(charge: &Charge) -> Finding {
    Finding::Started(Checkout {
        reference: Some(format!("cs_{}", charge.id)),
        url: "https://pay.example/checkout".into(),
        expires_at: charge.created_at + TimeDelta::hours(1),
        gives_up_at: charge.created_at + TimeDelta::hours(24),
    })
}

async fn balance(setup: Setup<'_>, user_id: UserId) -> Amount {
    setup.ports.wallets.balance(user_id).await.unwrap()
}

/// What was told of charges.
async fn told(setup: Setup<'_>) -> Vec<PublishedEvent> {
    while setup.ports.feed.publish(100).await.unwrap() > 0 {}
    setup.ports.feed.after(EventPosition::START, PageLimit::largest()).await.unwrap()
}

pub(super) async fn a_charge_is_written_down_once_for_a_key(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let first = try_create(setup, user, "1000", "once").await.unwrap();
    assert!(first.created && !first.replayed);
    let charge = setup.ports.charges.charge(first.value).await.unwrap().unwrap();
    assert_eq!((charge.state, charge.amount), (ChargeState::Created, Amount::whole(1_000)));
    assert_eq!((charge.currency, charge.provider, charge.checkout.clone()), (Currency::KRW, PROVIDER, None));
    let again = try_create(setup, user, "1000", "once").await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.value, first.value);
    assert_eq!(try_create(setup, user, "1001", "once").await, Err(ChargeError::from(KeyReused).into()));
    assert_eq!(balance(setup, user).await, Amount::ZERO);
    let pending = record(setup, &charge, started(&charge)).await;
    assert_eq!(pending.state, ChargeState::Pending);
    assert_eq!(setup.ports.charges.charge(charge.id).await.unwrap(), Some(pending));
}

pub(super) async fn a_charge_is_refused_by_the_rules_of_points(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    assert_eq!(try_create(setup, user, "0", "a").await, Err(ChargeError::NotPositive.into()));
    assert_eq!(try_create(setup, user, "10000001", "b").await, Err(ChargeError::TooMuch.into()));
    assert_eq!(try_create(setup, user, "1.5", "c").await, Err(CreateChargeError::NotWhole));
    for charge in 0..100 {
        let command = setup.charge_command(user, policy::MAX_CHARGE, key(&format!("play {charge}")));
        setup.ports.wallets.charge(command).await.unwrap();
    }
    let full = try_create(setup, user, "1", "d").await;
    assert!(matches!(full, Err(CreateChargeError::Charge(ChargeError::WalletFull(_)))));
}

pub(super) async fn money_is_credited_once_however_often_it_is_found(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let charge = create(setup, user, "1000", "once").await;
    record(setup, &charge, started(&charge)).await;
    let first = record(setup, &charge, paid("1000")).await;
    for later in [paid("1000"), Finding::Refused, Finding::Expired, Finding::Pending, started(&charge)] {
        assert_eq!(record(setup, &charge, later).await, first);
    }
    let entries = setup.ports.wallets.entries(user, PageRequest::first()).await.unwrap().items;
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.kind, entry.amount), (LedgerEntryKind::Charge, Amount::whole(1_000)));
    assert_eq!((entry.reference_id, Some(entry.id)), (Some(charge.id.uuid()), first.entry_id()));
    assert_eq!(balance(setup, user).await, Amount::whole(1_000));
}

pub(super) async fn a_charge_is_told_once_when_its_money_is_there(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    setup.webhook([EventKind::ChargeCompleted].into_iter().collect()).await;
    let charge = create(setup, user, "1000", "once").await;
    for nothing_yet in [started(&charge), Finding::Pending, paid("999"), Finding::Refused, Finding::Expired] {
        record(setup, &charge, nothing_yet).await;
    }
    assert_eq!(told(setup).await, []);
    join_all((0..20).map(|_| record(setup, &charge, paid("1000")))).await;
    for later in [paid("1000"), Finding::Refused, started(&charge)] {
        record(setup, &charge, later).await;
    }
    let entries = setup.ports.wallets.entries(user, PageRequest::first()).await.unwrap().items;
    let events = told(setup).await;
    let ([event], [entry]) = (events.as_slice(), entries.as_slice()) else {
        panic!("{events:?} {entries:?}")
    };
    assert_eq!((event.kind, event.at), (EventKind::ChargeCompleted, entry.created_at));
}

pub(super) async fn money_that_arrives_late_is_credited(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    for (name, before) in [("a", Finding::Refused), ("b", Finding::Expired), ("c", Finding::Pending)] {
        let charge = create(setup, user, "100", name).await;
        record(setup, &charge, before).await;
        assert!(record(setup, &charge, paid("100")).await.entry_id().is_some());
    }
    assert_eq!(balance(setup, user).await, Amount::whole(300));
}

pub(super) async fn other_money_is_not_credited(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let charge = create(setup, user, "100", "once").await;
    record(setup, &charge, started(&charge)).await;
    let yen = Received { amount: Amount::whole(100), currency: Currency::parse("JPY").unwrap() };
    for other in [paid("99"), paid("101"), Finding::Paid(yen)] {
        let refused = record(setup, &charge, other).await;
        assert!(matches!(refused.state, ChargeState::Refused { .. }), "{:?}", refused.state);
        assert!(refused.look_up_at.is_some());
    }
    assert_eq!(balance(setup, user).await, Amount::ZERO);
    record(setup, &charge, paid("100")).await;
    assert_eq!(balance(setup, user).await, Amount::whole(100));
}

pub(super) async fn another_users_charge_is_not_found(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (ada, bob) = (setup.user().await, setup.user().await);
    let charge = create(setup, ada, "100", "once").await;
    for (charge_id, user_id) in [(charge.id, bob), (ChargeId::new(setup.id()), ada)] {
        let entry_id = LedgerEntryId::new(setup.id());
        let command = RecordFindingCommand { charge_id, user_id, finding: paid("100"), entry_id };
        assert_eq!(setup.ports.charges.record(command).await, Err(RecordFindingError::NotFound));
    }
    assert_eq!((balance(setup, ada).await, balance(setup, bob).await), (Amount::ZERO, Amount::ZERO));
    assert_eq!(setup.ports.charges.charge(ChargeId::new(setup.id())).await, Ok(None));
}

pub(super) async fn a_charge_is_looked_up_by_one_at_a_time(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let charge = create(setup, user, "100", "once").await;
    let lease = || async {
        let leased = setup.ports.charges.lease(PROVIDER, 10).await.unwrap();
        leased.into_iter().map(|charge| charge.id).collect::<Vec<_>>()
    };
    assert!(lease().await.is_empty(), "whoever began it asks first");
    fixture.pass_time(charges::LOOK_UP_LEASE).await;
    assert_eq!(setup.ports.charges.lease(ProviderName::Toss, 10).await, Ok(vec![]));
    assert_eq!(lease().await, [charge.id]);
    assert!(lease().await.is_empty(), "somebody has it");
    fixture.pass_time(charges::LOOK_UP_LEASE).await;
    assert_eq!(lease().await, [charge.id], "the lease has lapsed");
    record(setup, &charge, started(&charge)).await;
    fixture.pass_time(charges::LOOK_UP_WAIT_MIN).await;
    assert_eq!(lease().await, [charge.id], "what was recorded ended the lease");
    record(setup, &charge, paid("100")).await;
    fixture.pass_time(TimeDelta::days(2)).await;
    assert!(lease().await.is_empty(), "nobody asks about what is paid");
}

pub(super) async fn a_charge_without_an_answer_is_looked_up_ever_more_seldom_and_not_for_ever(
    fixture: &dyn Fixture,
) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let charge = create(setup, user, "100", "once").await;
    record(setup, &charge, started(&charge)).await;
    for (look_ups, silence) in [(2, Finding::Unanswered), (3, Finding::Withheld), (4, Finding::Unanswered)] {
        let asked = record(setup, &charge, silence).await;
        assert_eq!((asked.state, asked.look_ups), (ChargeState::Pending, look_ups));
        assert!(setup.ports.charges.lease(PROVIDER, 10).await.unwrap().is_empty());
        fixture.pass_time(charges::look_up_wait(look_ups - 1)).await;
        let leased = setup.ports.charges.lease(PROVIDER, 10).await.unwrap();
        let leased: Vec<_> = leased.iter().map(|charge| (charge.id, charge.look_ups)).collect();
        assert_eq!(leased, [(asked.id, look_ups)]);
    }
    fixture.pass_time(TimeDelta::hours(24)).await;
    let asked = record(setup, &charge, Finding::Unanswered).await;
    assert_eq!(asked.state, ChargeState::Pending, "an outage says nothing of the money");
    let ended = record(setup, &charge, Finding::Withheld).await;
    assert!(matches!(ended.state, ChargeState::Expired { .. }), "{ended:?}");
    fixture.pass_time(TimeDelta::days(30)).await;
    assert_eq!(setup.ports.charges.lease(PROVIDER, 10).await, Ok(vec![]));
    assert!(record(setup, &charge, paid("100")).await.entry_id().is_some(), "money still counts");
}

pub(super) async fn charges_whose_money_is_waited_for_are_counted(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let backlog = || setup.ports.charges.backlog(PROVIDER);
    assert_eq!(backlog().await, Ok(ChargeBacklog::default()));
    let old = create(setup, user, "100", "old").await;
    fixture.pass_time(TimeDelta::minutes(10)).await;
    let new = create(setup, user, "100", "new").await;
    record(setup, &new, started(&new)).await;
    let both = backlog().await.unwrap();
    assert_eq!(both.pending, 2, "one that the provider has not heard of counts too");
    assert!(both.oldest.is_some_and(|oldest| oldest >= Duration::from_mins(10)), "{both:?}");
    assert_eq!(setup.ports.charges.backlog(ProviderName::Toss).await, Ok(ChargeBacklog::default()));
    record(setup, &old, paid("99")).await;
    let one = backlog().await.unwrap();
    assert_eq!(one.pending, 1, "one that is refused is looked up further, and nobody waits for it");
    assert!(one.oldest.is_some_and(|oldest| oldest < Duration::from_mins(10)), "{one:?}");
    record(setup, &new, paid("100")).await;
    assert_eq!(backlog().await, Ok(ChargeBacklog::default()));
}

pub(super) async fn money_found_by_many_at_once_is_credited_once(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let user = setup.user().await;
    let charge = create(setup, user, "100", "once").await;
    let found = join_all((0..20).map(|_| record(setup, &charge, paid("100")))).await;
    let entries: HashSet<_> = found.iter().map(Charge::entry_id).collect();
    assert!(entries.len() == 1 && !entries.contains(&None), "{entries:?}");
    assert_eq!(balance(setup, user).await, Amount::whole(100));
}

pub(super) async fn an_account_with_a_charge_is_not_idle(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let (ada, bob) = (setup.user().await, setup.user().await);
    let charge = create(setup, ada, "100", "once").await;
    let keep = TimeDelta::days(2);
    fixture.pass_time(TimeDelta::days(3)).await;
    setup.ports.idle_accounts.find_idle(None, keep, 100).await.unwrap();
    fixture.pass_time(TimeDelta::hours(1)).await;
    setup.ports.idle_accounts.remove_idle(keep, 100).await.unwrap();
    assert_eq!(setup.ports.accounts.user(bob).await.map(|user| user.is_some()), Ok(false));
    record(setup, &charge, paid("100")).await;
    assert_eq!(balance(setup, ada).await, Amount::whole(100));
}

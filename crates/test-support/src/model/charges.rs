use chrono::TimeDelta;
use proptest::option::weighted;
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, Just, Strategy};
use seatline_domain::charge::{Charge, ChargeState, Checkout, Currency, Finding, ProviderName, Received};
use seatline_domain::commands::{CreateChargeCommand, RecordFindingCommand};
use seatline_domain::id::{ChargeId, LedgerEntryId};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::point::Amount;

use super::known::Known;
use super::operation::{Found, Operation};
use super::side::{Side, USERS, operation_id};
use super::verdict::{Made, Verdict};

/// Begins a charge by a provider.
pub(super) async fn create(side: &Side, user: usize, amount: u32, key: IdempotencyKey, id: u64) -> Verdict {
    let command = CreateChargeCommand {
        charge_id: ChargeId::new(operation_id(id)),
        user_id: side.user(user),
        amount: Amount::whole(amount),
        currency: Currency::KRW,
        provider: ProviderName::Stripe,
        key,
    };
    let created = side.ports.charges.create(command).await;
    let made = created.as_ref().ok().filter(|answer| answer.created && !answer.replayed);
    let made = made.map(|answer| Made::Charge(answer.value));
    Verdict::of_answer("create charge", created, ToString::to_string).making(made)
}

/// Records what the provider says of a charge, whoever asked.
pub(super) async fn record(side: &Side, user: usize, charge_id: ChargeId, found: Found, id: u64) -> Verdict {
    let charges = &side.ports.charges;
    let Some(charge) = charges.charge(charge_id).await.unwrap() else {
        return Verdict::of("record nothing", Ok::<(), ()>(()), |()| String::new());
    };
    let command = RecordFindingCommand {
        charge_id,
        user_id: side.user(user),
        finding: finding(&charge, found),
        entry_id: LedgerEntryId::new(operation_id(id)),
    };
    let recorded = charges.record(command).await;
    let kind = match (&recorded, charge.entry_id()) {
        (Ok(charge), None) if charge.entry_id().is_some() => "record money",
        _ => "record",
    };
    Verdict::of(kind, recorded, tell)
}

/// A charge that has not been begun there is begun first: until when it is looked up is then far from every time here.
fn finding(charge: &Charge, found: Found) -> Finding {
    let own = Received { amount: charge.amount, currency: charge.currency };
    match found {
        Found::OwnMoney => Finding::Paid(own),
        Found::Refused => Finding::Refused,
        Found::Expired => Finding::Expired,
        Found::OtherMoney if charge.checkout.is_some() => {
            Finding::Paid(Received { amount: Amount::whole(1), ..own })
        }
        Found::Nothing if charge.checkout.is_some() => Finding::Pending,
        Found::Withheld if charge.checkout.is_some() => Finding::Withheld,
        Found::Unanswered if charge.checkout.is_some() => Finding::Unanswered,
        Found::OtherMoney | Found::Nothing | Found::Withheld | Found::Unanswered => {
            Finding::Started(Checkout {
                reference: Some(charge.id.to_string()),
                url: "https://pay.example/checkout".into(),
                expires_at: charge.created_at + TimeDelta::hours(1),
                gives_up_at: charge.created_at + TimeDelta::hours(24),
            })
        }
    }
}

fn tell(charge: &Charge) -> String {
    let Charge { id, user_id, amount, state, look_ups, look_up_at, .. } = charge;
    let state = match state {
        ChargeState::Created => "created".to_owned(),
        ChargeState::Pending => "pending".to_owned(),
        ChargeState::Paid(credit) => format!("paid by {}", credit.entry_id),
        ChargeState::Refused { .. } => "refused".to_owned(),
        ChargeState::Expired { .. } => "expired".to_owned(),
    };
    let looked_up = look_up_at.is_some();
    format!("{id} of {user_id}: {amount}, {state}, looked up {look_ups} times, again: {looked_up}")
}

pub(super) fn any_charge(id: u64, key: impl Strategy<Value = usize> + 'static) -> BoxedStrategy<Operation> {
    (0..USERS, select(&[0, 5, 40, 90, 20_000_000]), key)
        .prop_map(move |(user, amount, key)| Operation::CreateCharge { user, amount, key, id })
        .boxed()
}

/// What is found of one of the last charges, seldom for somebody else.
pub(super) fn any_finding(known: &Known) -> BoxedStrategy<Operation> {
    let recent: Vec<_> = known.charges.iter().rev().take(3).copied().collect();
    if recent.is_empty() {
        return Just(Operation::Sweep).boxed();
    }
    let (own, id) = (Found::OwnMoney, known.new_id());
    let others = [Found::OtherMoney, Found::Nothing, Found::Withheld, Found::Unanswered, Found::Refused];
    let found = select([&[own, own, own, Found::Expired][..], &others].concat());
    (select(recent), found, weighted(0.1, 0..USERS))
        .prop_map(move |((charge, user), found, other)| Operation::RecordFinding {
            user: other.unwrap_or(user),
            charge,
            found,
            id,
        })
        .boxed()
}

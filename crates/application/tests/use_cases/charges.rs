use std::sync::Arc;

use mockall::predicate::eq;
use seatline_application::charges::{Charging, LookUpCharges, ProviderCharges};
use seatline_domain::charge::{
    Charge, ChargeState, Checkout, Currency, Finding, ProviderError, ProviderName,
};
use seatline_domain::id::{ChargeId, LedgerEntryId};
use seatline_domain::point::Amount;
use seatline_domain::ports::{MockCharges, MockPaymentProvider};

use crate::samples::{id, ids, in_minutes, now, user};

fn charge(checkout: Option<Checkout>) -> Charge {
    Charge {
        id: ChargeId::new(id(7)),
        user_id: user(),
        amount: Amount::whole(50),
        currency: Currency::KRW,
        provider: ProviderName::Stripe,
        state: if checkout.is_some() { ChargeState::Pending } else { ChargeState::Created },
        checkout,
        look_ups: 0,
        look_up_at: Some(now()),
        created_at: now(),
    }
}

fn checkout() -> Checkout {
    Checkout {
        reference: Some("cs_1".into()),
        url: "https://pay.example/1".into(),
        expires_at: in_minutes(60),
        gives_up_at: in_minutes(120),
    }
}

fn out_of_reach() -> ProviderError {
    ProviderError::Unavailable("it is out of reach".into())
}

fn refused() -> ProviderError {
    ProviderError::Refused("it answered 400".into())
}

fn provider() -> MockPaymentProvider {
    let mut provider = MockPaymentProvider::new();
    provider.expect_name().return_const(ProviderName::Stripe);
    provider
}

/// Looks up a charge whose time has come, of which this must then be recorded.
async fn look_up(provider: MockPaymentProvider, due: Charge, expected: Finding) {
    let mut charges = MockCharges::new();
    let leased = due.clone();
    charges
        .expect_lease()
        .with(eq(ProviderName::Stripe), eq(LookUpCharges::STEP))
        .return_once(|_, _| Ok(vec![leased]));
    charges.expect_record().times(1).return_once(move |command| {
        assert_eq!((command.charge_id, command.user_id), (due.id, due.user_id));
        assert_eq!((command.finding, command.entry_id), (expected, LedgerEntryId::new(id(1_001))));
        Ok(due)
    });
    let charges = Arc::new(charges);
    let asking = ProviderCharges::new(Arc::new(provider), Currency::KRW, charges.clone(), ids());
    let look_ups = LookUpCharges::new(Charging::Provider(Arc::new(asking)), charges);
    assert_eq!(look_ups.execute().await, Ok(1));
}

#[tokio::test]
async fn that_the_provider_does_not_say_what_became_of_a_charge_is_recorded_too() {
    for (answer, expected) in [
        (Ok(Finding::Pending), Finding::Pending),
        (Err(refused()), Finding::Withheld),
        (Err(out_of_reach()), Finding::Unanswered),
    ] {
        let mut provider = provider();
        provider.expect_look_up().times(1).return_once(|_, _| answer);
        look_up(provider, charge(Some(checkout())), expected).await;
    }
}

#[tokio::test]
async fn a_charge_that_the_provider_may_not_have_heard_of_is_started_again() {
    for (answer, expected) in [
        (Ok(checkout()), Finding::Started(checkout())),
        (Err(refused()), Finding::Refused),
        (Err(out_of_reach()), Finding::Unanswered),
    ] {
        let mut provider = provider();
        provider.expect_start().times(1).return_once(|_| answer);
        look_up(provider, charge(None), expected).await;
    }
}

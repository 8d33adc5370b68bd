use std::sync::Arc;

use mockall::Sequence;
use mockall::predicate::eq;
use seatline_application::charges::{ChargeError, Charging, ConfirmCharge, LookUpCharges, ProviderCharges};
use seatline_domain::charge::{
    Charge, ChargeState, Checkout, Currency, Finding, PaymentKey, ProviderError, ProviderName,
};
use seatline_domain::id::{ChargeId, LedgerEntryId};
use seatline_domain::point::Amount;
use seatline_domain::ports::{MockCharges, MockPaymentProvider, MockWallets};

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

#[tokio::test]
async fn a_charge_of_which_nobody_looks_any_more_what_became_is_looked_up_again_before_it_is_confirmed() {
    let refused =
        Charge { state: ChargeState::Refused { at: now() }, look_up_at: None, ..charge(Some(checkout())) };
    let (mut provider, mut charges, mut order) = (provider(), MockCharges::new(), Sequence::new());
    let found = refused.clone();
    charges.expect_charge().return_once(move |_| Ok(Some(found)));
    let noted = refused.clone();
    charges.expect_record().times(1).in_sequence(&mut order).return_once(move |command| {
        assert_eq!(command.finding, Finding::Unanswered);
        Ok(noted)
    });
    provider.expect_confirm().times(1).in_sequence(&mut order).return_once(|_, _| Err(out_of_reach()));
    provider.expect_look_up().times(1).in_sequence(&mut order).return_once(|_, _| Ok(Finding::Pending));
    let pending = Charge { look_up_at: Some(in_minutes(1)), ..refused.clone() };
    charges.expect_record().times(1).in_sequence(&mut order).return_once(move |_| Ok(pending));
    let asking = ProviderCharges::new(Arc::new(provider), Currency::KRW, Arc::new(charges), ids());
    let confirming = ConfirmCharge {
        charging: Charging::Provider(Arc::new(asking)),
        wallets: Arc::new(MockWallets::new()),
    };
    let answer = confirming.execute(refused.user_id, refused.id, &PaymentKey::parse("card-2").unwrap()).await;
    assert!(matches!(answer, Err(ChargeError::ProviderUnavailable(_))), "{answer:?}");
}

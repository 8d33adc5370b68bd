use chrono::TimeDelta;

use super::{Checkout, Currency, Finding, ProviderName, policy};
use crate::Timestamp;
use crate::id::{ChargeId, LedgerEntryId, UserId};
use crate::point::Amount;

/// Points that a user has begun to charge by a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The charge's id: the provider's idempotency key.
    pub id: ChargeId,
    /// The user.
    pub user_id: UserId,
    /// The points, of which each costs one of the currency.
    pub amount: Amount,
    /// The currency.
    pub currency: Currency,
    /// The provider.
    pub provider: ProviderName,
    /// How far it is.
    pub state: ChargeState,
    /// Where it is paid, once the provider has answered.
    pub checkout: Option<Checkout>,
    /// How often it was looked up.
    pub look_ups: u32,
    /// The instant at which it is looked up again; `None` once nobody asks any more.
    pub look_up_at: Option<Timestamp>,
    /// The instant of its beginning.
    pub created_at: Timestamp,
}

/// How far a charge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChargeState {
    /// Written down; the provider may not have heard of it.
    Created,
    /// The provider waits for the money.
    Pending,
    /// The money is there, and the points with it. Final.
    Paid(Credit),
    /// The provider took no money. Final, unless it did after all.
    Refused {
        /// The instant at which it was found out.
        at: Timestamp,
    },
    /// Nobody paid in time. Final, unless somebody did after all.
    Expired {
        /// The instant at which it was found out.
        at: Timestamp,
    },
}

/// The points of a paid charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Credit {
    /// The ledger entry.
    pub entry_id: LedgerEntryId,
    /// The instant of it.
    pub at: Timestamp,
}

impl Charge {
    /// The ledger entry, once it is paid.
    pub const fn entry_id(&self) -> Option<LedgerEntryId> {
        match self.state {
            ChargeState::Paid(credit) => Some(credit.entry_id),
            _ => None,
        }
    }

    /// Whether the provider's money is still waited for.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, ChargeState::Created | ChargeState::Pending)
    }

    /// The instant until which it can be paid, as far as that is known.
    pub fn expires_at(&self) -> Timestamp {
        self.checkout.as_ref().map_or(self.created_at + policy::CHECKOUT_TTL, |checkout| checkout.expires_at)
    }

    /// Takes notice of what the provider says. `true` when the points are to be credited now; the charge is paid by
    /// `credit` then.
    ///
    /// Money counts once, whatever the state was, and only when it is as much as the charge's own amount, of its own
    /// currency. Other money refuses the charge, which is looked up further, in case the provider corrects itself.
    pub fn record(&mut self, finding: &Finding, credit: Credit) -> bool {
        if matches!(self.state, ChargeState::Paid(_)) {
            return false;
        }
        let now = credit.at;
        match finding {
            Finding::Started(checkout) => {
                if self.checkout.is_none() {
                    self.checkout = Some(checkout.clone());
                    self.look_ups = 0;
                }
                if self.state == ChargeState::Created {
                    self.state = ChargeState::Pending;
                }
                self.look_up_again(now, self.gives_up_at());
            }
            Finding::Pending => {
                if self.state == ChargeState::Created && self.checkout.is_some() {
                    self.state = ChargeState::Pending;
                }
                self.look_up_again(now, self.gives_up_at());
            }
            Finding::Withheld => self.look_up_again(now, self.gives_up_at()),
            Finding::Unanswered => {
                // Nobody can have paid where there was no checkout.
                let outage = self.checkout.as_ref().map_or(TimeDelta::zero(), |_| policy::OUTAGE_MAX);
                self.look_up_again(now, self.gives_up_at() + outage);
            }
            Finding::Paid(received) => {
                if received.amount == self.amount && received.currency == self.currency {
                    self.state = ChargeState::Paid(credit);
                    self.look_up_at = None;
                    return true;
                }
                self.close(ChargeState::Refused { at: now });
                self.look_up_again(now, self.gives_up_at());
            }
            Finding::Refused => {
                self.close(ChargeState::Refused { at: now });
                self.look_up_at = None;
            }
            Finding::Expired => {
                self.close(ChargeState::Expired { at: now });
                self.look_up_at = None;
            }
        }
        false
    }

    fn close(&mut self, state: ChargeState) {
        if self.is_open() {
            self.state = state;
        }
    }

    /// The instant after which the provider says nothing new.
    fn gives_up_at(&self) -> Timestamp {
        self.checkout.as_ref().map_or(self.expires_at(), |checkout| checkout.gives_up_at)
    }

    /// Has it looked up later, each time after a longer wait; not any more from `until` on.
    fn look_up_again(&mut self, now: Timestamp, until: Timestamp) {
        if now >= until {
            self.close(ChargeState::Expired { at: now });
            self.look_up_at = None;
            return;
        }
        self.look_up_at = Some(now + policy::look_up_wait(self.look_ups));
        self.look_ups = self.look_ups.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::charge::Received;

    fn after(seconds: i64) -> Timestamp {
        Timestamp::default() + TimeDelta::seconds(seconds)
    }

    fn charge() -> Charge {
        Charge {
            id: ChargeId::new(Uuid::from_u128(1)),
            user_id: UserId::new(Uuid::from_u128(2)),
            amount: Amount::whole(1_000),
            currency: Currency::KRW,
            provider: ProviderName::Stripe,
            state: ChargeState::Created,
            checkout: None,
            look_ups: 0,
            look_up_at: Some(after(2)),
            created_at: after(0),
        }
    }

    fn credit(seconds: i64) -> Credit {
        Credit { entry_id: LedgerEntryId::new(Uuid::from_u128(3)), at: after(seconds) }
    }

    fn checkout() -> Checkout {
        Checkout {
            reference: Some("cs_1".into()),
            url: "https://pay.example/1".into(),
            expires_at: after(3_600),
            gives_up_at: after(86_400),
        }
    }

    fn paid(amount: u32, currency: Currency) -> Finding {
        Finding::Paid(Received { amount: Amount::whole(amount), currency })
    }

    #[test]
    fn money_that_arrives_late_counts_once_whatever_the_state_was() {
        for before in [
            Finding::Pending,
            Finding::Refused,
            Finding::Expired,
            Finding::Withheld,
            Finding::Unanswered,
            Finding::Started(checkout()),
        ] {
            let mut charge = charge();
            assert!(!charge.record(&before, credit(1)));
            assert!(charge.record(&paid(1_000, Currency::KRW), credit(2)), "{before:?}");
            assert_eq!((charge.state, charge.look_up_at), (ChargeState::Paid(credit(2)), None));
            assert!(!charge.record(&paid(1_000, Currency::KRW), credit(3)));
            assert!(!charge.record(&Finding::Refused, credit(4)));
            assert_eq!(charge.state, ChargeState::Paid(credit(2)));
        }
    }

    #[test]
    fn other_money_is_not_credited_and_the_provider_may_correct_itself() {
        for other in [paid(999, Currency::KRW), paid(1_000, Currency::parse("JPY").unwrap())] {
            let mut charge = charge();
            charge.record(&Finding::Started(checkout()), credit(1));
            assert!(!charge.record(&other, credit(2)));
            assert_eq!(charge.state, ChargeState::Refused { at: after(2) });
            assert!(charge.look_up_at.is_some(), "it is looked up further");
            assert!(charge.record(&paid(1_000, Currency::KRW), credit(3)));
        }
    }

    /// The instants at which a charge is looked up that is said the same of each time. The last one ends it.
    fn look_ups(mut charge: Charge, finding: &Finding) -> Vec<Timestamp> {
        let mut instants = vec![];
        while let Some(at) = charge.look_up_at {
            instants.push(at);
            charge.record(finding, Credit { at, ..credit(0) });
            assert!(instants.len() < 2_000, "it never ends");
        }
        let waits: Vec<_> = instants.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(waits.is_sorted(), "{waits:?}");
        assert_eq!(charge.state, ChargeState::Expired { at: *instants.last().unwrap() });
        instants
    }

    #[test]
    fn a_charge_is_looked_up_less_and_less_often_until_the_provider_gives_up() {
        let mut charge = charge();
        charge.record(&Finding::Started(checkout()), credit(0));
        for nothing in [Finding::Pending, Finding::Withheld] {
            let instants = look_ups(charge.clone(), &nothing);
            let gives_up = after(86_400)..after(86_400) + policy::LOOK_UP_WAIT_MAX;
            assert!(gives_up.contains(instants.last().unwrap()), "{nothing:?}: {instants:?}");
            assert!(instants.len() < 200, "{nothing:?}: {} times", instants.len());
        }
    }

    #[test]
    fn what_was_paid_before_a_long_outage_is_found_after_it() {
        let mut charge = charge();
        charge.record(&Finding::Started(checkout()), credit(0));
        let instants = look_ups(charge.clone(), &Finding::Unanswered);
        let ends =
            after(86_400) + policy::OUTAGE_MAX..after(86_400) + policy::OUTAGE_MAX + policy::LOOK_UP_WAIT_MAX;
        assert!(ends.contains(instants.last().unwrap()), "{instants:?}");
        charge.record(&Finding::Unanswered, credit(90_000));
        assert_eq!(charge.state, ChargeState::Pending, "the provider has not said that nobody paid");
        assert!(charge.record(&paid(1_000, Currency::KRW), credit(90_600)));
    }

    #[test]
    fn a_charge_that_has_no_checkout_expires_whether_the_provider_can_be_asked_or_not() {
        for nothing in [Finding::Pending, Finding::Withheld, Finding::Unanswered] {
            let instants = look_ups(charge(), &nothing);
            let expires = after(3_600)..after(3_600) + policy::LOOK_UP_WAIT_MAX;
            assert!(expires.contains(instants.last().unwrap()), "{nothing:?}: {instants:?}");
        }
    }

    #[test]
    fn a_charge_that_the_provider_never_heard_of_expires_too() {
        let mut charge = charge();
        charge.record(&Finding::Pending, credit(10));
        assert_eq!(charge.state, ChargeState::Created);
        charge.record(&Finding::Pending, credit(3_600));
        assert_eq!((charge.state, charge.look_up_at), (ChargeState::Expired { at: after(3_600) }, None));
    }

    fn any_finding() -> impl Strategy<Value = Finding> {
        prop_oneof![
            Just(Finding::Pending),
            Just(Finding::Refused),
            Just(Finding::Expired),
            Just(Finding::Withheld),
            Just(Finding::Unanswered),
            Just(Finding::Started(checkout())),
            Just(paid(999, Currency::KRW)),
            Just(paid(1_000, Currency::KRW)),
        ]
    }

    proptest! {
        #[test]
        fn in_whatever_order_findings_come_money_counts_once(
            findings in proptest::collection::vec(any_finding(), 0..12)
        ) {
            let mut charge = charge();
            let mut credits = 0;
            for (second, finding) in (0..).zip(&findings) {
                credits += usize::from(charge.record(finding, credit(second)));
            }
            let was_paid = findings.contains(&paid(1_000, Currency::KRW));
            prop_assert_eq!(credits, usize::from(was_paid));
            prop_assert_eq!(charge.entry_id().is_some(), was_paid);
        }
    }
}

use chrono::{DateTime, TimeDelta};
use seatline_domain::charge::{Charge, Checkout, Currency, Finding, ProviderError, Received, policy};
use serde::Deserialize;

use super::money;

/// How long it may take until money that somebody has promised is there, as by a bank transfer.
const PROMISES_LAST: TimeDelta = TimeDelta::days(14);
/// The most characters of an id of Stripe's.
const REFERENCE_MAX: usize = 255;

/// A Checkout Session, as far as it matters.
#[derive(Debug, Deserialize)]
pub(super) struct Session {
    id: String,
    #[serde(default)]
    client_reference_id: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    payment_status: Option<String>,
    #[serde(default)]
    amount_total: Option<i64>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    expires_at: Option<i64>,
}

/// Whether a text can be an id of Stripe's, to stand in a path.
pub(super) fn is_reference(text: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=REFERENCE_MAX).contains(&text.len()) && text.bytes().all(word)
}

impl Session {
    /// Where a charge is paid.
    pub(super) fn checkout(self, charge: &Charge) -> Result<Checkout, ProviderError> {
        let unreadable = |what| ProviderError::Unavailable(format!("the session has no {what}"));
        if !is_reference(&self.id) {
            return Err(unreadable("id"));
        }
        let expires_at = self.expires_at.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        Ok(Checkout {
            url: self.url.ok_or_else(|| unreadable("address"))?,
            reference: Some(self.id),
            expires_at: expires_at.unwrap_or(charge.created_at + policy::CHECKOUT_TTL),
            gives_up_at: charge.created_at + PROMISES_LAST,
        })
    }

    /// What became of a charge, if the session is its own.
    pub(super) fn finding(self, charge: &Charge) -> Result<Finding, ProviderError> {
        let known = charge.checkout.as_ref().and_then(|checkout| checkout.reference.as_ref());
        let is_own = match &self.client_reference_id {
            Some(id) => *id == charge.id.to_string(),
            None => known == Some(&self.id),
        };
        if !is_own {
            tracing::warn!(charge_id = %charge.id, "a notice names a session of another charge");
            return Ok(Finding::Pending);
        }
        if self.payment_status.as_deref() == Some("paid") {
            return self.received().map(Finding::Paid);
        }
        Ok(match self.status.as_deref() {
            Some("expired") => Finding::Expired,
            _ => Finding::Pending,
        })
    }

    fn received(&self) -> Result<Received, ProviderError> {
        let unreadable =
            |what| ProviderError::Unavailable(format!("the session has no {what} that can be read"));
        let code = self.currency.as_deref().unwrap_or_default().to_uppercase();
        let currency = Currency::parse(&code).map_err(|_| unreadable("currency"))?;
        let units = self.amount_total.ok_or_else(|| unreadable("amount"))?;
        let amount = money::of_smallest_units(units, currency).ok_or_else(|| unreadable("amount"))?;
        Ok(Received { amount, currency })
    }
}

#[cfg(test)]
mod tests {
    use seatline_domain::Timestamp;
    use seatline_domain::charge::{ChargeState, ProviderName};
    use seatline_domain::id::{ChargeId, UserId};
    use seatline_domain::point::Amount;
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    fn charge() -> Charge {
        Charge {
            id: ChargeId::new(Uuid::from_u128(7)),
            user_id: UserId::new(Uuid::nil()),
            amount: Amount::parse("10.25").unwrap(),
            currency: Currency::parse("EUR").unwrap(),
            provider: ProviderName::Stripe,
            state: ChargeState::Pending,
            checkout: None,
            look_ups: 0,
            look_up_at: None,
            created_at: Timestamp::default(),
        }
    }

    fn session(changes: &[(&str, Value)]) -> Session {
        let mut session = json!({
            "id": "cs_1", "client_reference_id": charge().id.to_string(), "url": "https://pay.example/1",
            "status": "complete", "payment_status": "paid", "amount_total": 1_025, "currency": "eur",
            "expires_at": 3_600,
        });
        for (field, value) in changes {
            session[*field] = value.clone();
        }
        serde_json::from_value(session).unwrap()
    }

    fn finding(changes: &[(&str, Value)]) -> Result<Finding, ProviderError> {
        session(changes).finding(&charge())
    }

    #[test]
    fn only_what_is_paid_is_paid() {
        let received = Received { amount: charge().amount, currency: charge().currency };
        assert_eq!(finding(&[]), Ok(Finding::Paid(received)));
        let waits = ("payment_status", json!("unpaid"));
        assert_eq!(
            finding(std::slice::from_ref(&waits)),
            Ok(Finding::Pending),
            "a bank transfer is on its way"
        );
        assert_eq!(finding(&[waits.clone(), ("status", json!("open"))]), Ok(Finding::Pending));
        assert_eq!(finding(&[waits, ("status", json!("expired"))]), Ok(Finding::Expired));
        assert_eq!(finding(&[("payment_status", json!("no_payment_required"))]), Ok(Finding::Pending));
    }

    #[test]
    fn money_that_cannot_be_read_is_no_money() {
        for (field, value) in [
            ("amount_total", json!(null)),
            ("amount_total", json!(-1)),
            ("currency", json!(null)),
            ("currency", json!("kwd")),
        ] {
            assert!(finding(&[(field, value.clone())]).is_err(), "{field} {value}");
        }
    }

    #[test]
    fn a_session_of_another_charge_says_nothing() {
        let other = Uuid::from_u128(8).to_string();
        assert_eq!(finding(&[("client_reference_id", json!(other))]), Ok(Finding::Pending));
        assert_eq!(finding(&[("client_reference_id", json!(null))]), Ok(Finding::Pending));
    }

    #[test]
    fn a_checkout_needs_an_address_and_an_id_that_can_stand_in_a_path() {
        let checkout = session(&[]).checkout(&charge()).unwrap();
        assert_eq!(
            (checkout.url.as_str(), checkout.reference.as_deref()),
            ("https://pay.example/1", Some("cs_1"))
        );
        assert_eq!(checkout.expires_at.timestamp(), 3_600);
        assert!(session(&[("url", json!(null))]).checkout(&charge()).is_err());
        assert!(session(&[("id", json!("../refunds"))]).checkout(&charge()).is_err());
    }
}

use seatline_domain::charge::{Charge, Currency, Finding, ProviderError, Received};
use seatline_domain::point::Amount;
use serde::Deserialize;
use serde_json::Number;

/// A payment, as far as it matters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payment {
    #[serde(default)]
    order_id: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    total_amount: Option<Number>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    pub(super) checkout: Option<PaymentCheckout>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PaymentCheckout {
    pub(super) url: String,
}

impl Payment {
    /// What became of a charge, if the payment is its own.
    pub(super) fn finding(&self, charge: &Charge) -> Result<Finding, ProviderError> {
        if self.order_id != charge.id.to_string() {
            return Err(ProviderError::Unavailable("it answered about another order".into()));
        }
        Ok(match self.status.as_str() {
            "DONE" => Finding::Paid(self.received()?),
            "CANCELED" | "PARTIAL_CANCELED" | "ABORTED" => Finding::Refused,
            "EXPIRED" => Finding::Expired,
            _ => Finding::Pending,
        })
    }

    fn received(&self) -> Result<Received, ProviderError> {
        let unreadable =
            |what| ProviderError::Unavailable(format!("the payment has no {what} that can be read"));
        let code = self.currency.as_deref().unwrap_or_default();
        let currency = Currency::parse(code).map_err(|_| unreadable("currency"))?;
        let amount = self.total_amount.as_ref().and_then(|number| Amount::parse(&number.to_string()).ok());
        Ok(Received { amount: amount.ok_or_else(|| unreadable("amount"))?, currency })
    }
}

#[cfg(test)]
mod tests {
    use seatline_domain::Timestamp;
    use seatline_domain::charge::{ChargeState, ProviderName};
    use seatline_domain::id::{ChargeId, UserId};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn charge() -> Charge {
        Charge {
            id: ChargeId::new(Uuid::from_u128(7)),
            user_id: UserId::new(Uuid::nil()),
            amount: Amount::whole(5_000),
            currency: Currency::KRW,
            provider: ProviderName::Toss,
            state: ChargeState::Pending,
            checkout: None,
            look_ups: 0,
            look_up_at: None,
            created_at: Timestamp::default(),
        }
    }

    fn finding(status: &str, amount: &serde_json::Value) -> Result<Finding, ProviderError> {
        let payment = json!({
            "paymentKey": "key", "orderId": charge().id.to_string(), "status": status,
            "totalAmount": amount, "currency": "KRW",
        });
        serde_json::from_value::<Payment>(payment).unwrap().finding(&charge())
    }

    #[test]
    fn only_what_is_done_is_paid() {
        let received = Received { amount: Amount::whole(5_000), currency: Currency::KRW };
        assert_eq!(finding("DONE", &json!(5_000)), Ok(Finding::Paid(received)));
        for status in ["READY", "IN_PROGRESS", "WAITING_FOR_DEPOSIT", "SOMETHING_NEW"] {
            assert_eq!(finding(status, &json!(5_000)), Ok(Finding::Pending), "{status}");
        }
        assert_eq!(finding("ABORTED", &json!(5_000)), Ok(Finding::Refused));
        assert_eq!(finding("EXPIRED", &json!(5_000)), Ok(Finding::Expired));
        assert!(finding("DONE", &json!(-1)).is_err() && finding("DONE", &json!(null)).is_err());
    }

    #[test]
    fn a_payment_of_another_order_says_nothing() {
        let other = json!({"orderId": Uuid::from_u128(8).to_string(), "status": "DONE"});
        assert!(serde_json::from_value::<Payment>(other).unwrap().finding(&charge()).is_err());
    }
}

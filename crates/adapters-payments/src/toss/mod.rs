//! Toss Payments: a browser agrees to pay, and Seatline confirms.

mod payment;

use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::TimeDelta;
use seatline_domain::charge::{
    Charge, Checkout, Finding, Notice, NoticeError, NoticeSignature, PaymentKey, ProviderError, ProviderName,
    VerifiedNotice, policy,
};
use seatline_domain::id::ChargeId;
use seatline_domain::ports::PaymentProvider;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Number, json};
use uuid::Uuid;

use self::payment::Payment;
use crate::api::{Api, ApiAddress, Reply, SetUpError};
use crate::calls::Operation;

/// What Toss Payments is spoken to with.
#[derive(Debug, Clone)]
pub struct TossSettings {
    /// The address of its interface.
    pub api: ApiAddress,
    /// The secret key.
    pub secret_key: SecretString,
    /// The address under which people reach the page, without a slash at its end.
    pub public_url: String,
}

/// Toss Payments, as a provider of payments.
pub struct Toss {
    api: Api,
    public_url: String,
}

#[derive(Debug, Default, Deserialize)]
struct ErrorAnswer {
    #[serde(default)]
    code: Option<String>,
}

/// A notice, as far as it matters: some name their order within, some beside what they tell.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NoticeBody {
    #[serde(default)]
    order_id: Option<String>,
    #[serde(default)]
    data: Option<NoticeData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NoticeData {
    #[serde(default)]
    order_id: Option<String>,
}

impl Toss {
    const JSON: &'static str = "application/json";
    /// How long a charge is looked up that nobody pays.
    const LOOKED_UP_FOR: TimeDelta = TimeDelta::hours(24);

    /// Toss Payments with a key.
    ///
    /// # Errors
    /// [`SetUpError`].
    pub fn new(settings: TossSettings) -> Result<Self, SetUpError> {
        let TossSettings { api, secret_key, public_url } = settings;
        let credentials = BASE64_STANDARD.encode(format!("{}:", secret_key.expose_secret()));
        let authorization = SecretString::from(format!("Basic {credentials}"));
        Ok(Self { api: Api::new(ProviderName::Toss, &api, &authorization)?, public_url })
    }

    fn page(&self, charge: &Charge, name: &str) -> String {
        format!("{}/charges/{}/{name}", self.public_url, charge.id)
    }

    async fn payment(&self, charge: &Charge) -> Result<Option<Payment>, ProviderError> {
        let reply = self.api.get(Operation::LookUp, &format!("/v1/payments/orders/{}", charge.id)).await?;
        match reply.status.as_u16() {
            200 => reply.json().map(Some),
            404 => Ok(None),
            _ => Err(refusal(&reply)),
        }
    }

    async fn post(
        &self,
        operation: Operation,
        path: &str,
        key: &str,
        body: &serde_json::Value,
    ) -> Result<Reply, ProviderError> {
        let reply = self.api.post(operation, path, Self::JSON, key, body.to_string()).await?;
        if reply.status.is_success() { Ok(reply) } else { Err(refusal(&reply)) }
    }
}

/// The codes that are about the secret key, whatever their status; all others are about a payment.
const CODES_OF_KEYS: [&str; 5] = [
    "UNAUTHORIZED_KEY",
    "INVALID_API_KEY",
    "INVALID_AUTHORIZE_AUTH",
    "FORBIDDEN_REQUEST",
    "INCORRECT_BASIC_AUTH_FORMAT",
];

/// A failure of a call: 403 says that a card is declined, and also that a key is wrong.
fn refusal(reply: &Reply) -> ProviderError {
    let code = reply.error::<ErrorAnswer>().code;
    let is_of_key = match (reply.status.as_u16(), code.as_deref()) {
        (401, _) | (403, None) => true,
        (_, code) => code.is_some_and(|code| CODES_OF_KEYS.contains(&code)),
    };
    let code = code.as_deref().unwrap_or("without a reason");
    if is_of_key { reply.wrong_key(ProviderName::Toss, code) } else { reply.refusal(code) }
}

/// The amount as a number of JSON.
fn number(charge: &Charge) -> Result<Number, ProviderError> {
    let text = charge.amount.to_string();
    serde_json::from_str(&text).map_err(|_| ProviderError::Refused("the amount is no number".into()))
}

#[async_trait]
impl PaymentProvider for Toss {
    fn name(&self) -> ProviderName {
        ProviderName::Toss
    }

    /// Asks nobody: the provider hears of a charge when a browser opens its page, by the charge's id.
    async fn start(&self, charge: &Charge) -> Result<Checkout, ProviderError> {
        Ok(Checkout {
            reference: None,
            url: self.page(charge, "checkout"),
            expires_at: charge.created_at + policy::CHECKOUT_TTL,
            gives_up_at: charge.created_at + Self::LOOKED_UP_FOR,
        })
    }

    async fn open(&self, charge: &Charge) -> Result<String, ProviderError> {
        let body = json!({
            "method": "CARD",
            "amount": number(charge)?,
            "currency": charge.currency.code(),
            "orderId": charge.id.to_string(),
            "orderName": format!("{} points", charge.amount),
            "successUrl": self.page(charge, "return"),
            "failUrl": self.page(charge, "return"),
        });
        let reply = self.post(Operation::Open, "/v1/payments", &format!("{}-open", charge.id), &body).await?;
        let none = || ProviderError::Unavailable("the payment has no checkout".into());
        reply.json::<Payment>()?.checkout.map(|checkout| checkout.url).ok_or_else(none)
    }

    /// Each payment that a browser agrees to has an idempotency key of its own: with one key for all, the provider would
    /// give the answer to a card that it declined for the next one too.
    async fn confirm(&self, charge: &Charge, payment: &PaymentKey) -> Result<(), ProviderError> {
        let body = json!({
            "paymentKey": payment.as_str(),
            "orderId": charge.id.to_string(),
            "amount": number(charge)?,
        });
        let key = format!("{}-{}", charge.id, payment.as_str());
        self.post(Operation::Confirm, "/v1/payments/confirm", &key, &body).await.map(drop)
    }

    async fn look_up(&self, charge: &Charge, _reference: Option<String>) -> Result<Finding, ProviderError> {
        match self.payment(charge).await? {
            Some(payment) => payment.finding(charge),
            None => Ok(Finding::Pending),
        }
    }

    fn verify(&self, notice: Notice<'_>) -> Result<VerifiedNotice, NoticeError> {
        let body: NoticeBody = serde_json::from_slice(notice.body).map_err(|_| NoticeError::Malformed)?;
        let named = body.data.and_then(|data| data.order_id).or(body.order_id);
        Ok(VerifiedNotice {
            charge: named.and_then(|id| Uuid::try_parse(&id).ok()).map(ChargeId::new),
            reference: None,
            signature: NoticeSignature::Unsigned,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_declined_payment_is_told_from_a_wrong_key() {
        let refused = |status, code| matches!(refusal(&Reply::of(status, code)), ProviderError::Refused(_));
        for code in ["REJECT_CARD_PAYMENT", "REJECT_ACCOUNT_PAYMENT", "INVALID_PASSWORD", "SOMETHING_NEW"] {
            assert!(refused(403, code), "{code}");
        }
        assert!(refused(400, "INVALID_STOPPED_CARD") && refused(404, "NOT_FOUND_PAYMENT_SESSION"));
        for (status, code) in [(401, "UNAUTHORIZED_KEY"), (401, "SOMETHING_NEW"), (400, "INVALID_API_KEY")] {
            assert!(!refused(status, code), "{code}");
        }
        assert!(!refused(403, "FORBIDDEN_REQUEST") && !refused(403, "INCORRECT_BASIC_AUTH_FORMAT"));
        assert!(!refused(500, "FAILED_INTERNAL_SYSTEM_PROCESSING"));
    }
}

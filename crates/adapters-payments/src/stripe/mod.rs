//! Stripe's hosted Checkout.

mod money;
mod notice;
mod session;

use async_trait::async_trait;
use seatline_domain::charge::{
    Charge, Checkout, Finding, Notice, NoticeError, PaymentKey, ProviderError, ProviderName, VerifiedNotice,
    policy,
};
use seatline_domain::ports::PaymentProvider;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use self::session::{Session, is_reference};
use crate::api::{Api, ApiAddress, Reply, SetUpError};
use crate::calls::Operation;

/// What Stripe is spoken to with.
#[derive(Debug, Clone)]
pub struct StripeSettings {
    /// The address of its interface.
    pub api: ApiAddress,
    /// The secret key, or a restricted one that may write Checkout Sessions.
    pub secret_key: SecretString,
    /// The signing secrets of its webhook: several while they are changed.
    pub webhook_secrets: Vec<SecretString>,
    /// The address under which people reach the page, without a slash at its end.
    pub public_url: String,
}

/// Stripe, as a provider of payments.
pub struct Stripe {
    api: Api,
    webhook_secrets: Vec<SecretString>,
    public_url: String,
}

/// An error of Stripe's.
#[derive(Debug, Default, Deserialize)]
struct ErrorAnswer {
    #[serde(default)]
    error: ErrorDetail,
}

#[derive(Debug, Default, Deserialize)]
struct ErrorDetail {
    #[serde(default)]
    code: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
}

impl Stripe {
    const FORM: &'static str = "application/x-www-form-urlencoded";
    const SESSIONS: &'static str = "/v1/checkout/sessions";

    /// Stripe with a key.
    ///
    /// # Errors
    /// [`SetUpError`].
    pub fn new(settings: StripeSettings) -> Result<Self, SetUpError> {
        let StripeSettings { api, secret_key, webhook_secrets, public_url } = settings;
        let authorization = SecretString::from(format!("Bearer {}", secret_key.expose_secret()));
        Ok(Self { api: Api::new(ProviderName::Stripe, &api, &authorization)?, webhook_secrets, public_url })
    }

    async fn session(&self, reference: &str) -> Result<Option<Session>, ProviderError> {
        let reply = self.api.get(Operation::LookUp, &format!("{}/{reference}", Self::SESSIONS)).await?;
        match reply.status.as_u16() {
            200 => reply.json().map(Some),
            404 => Ok(None),
            _ => Err(refusal(&reply)),
        }
    }
}

fn refusal(reply: &Reply) -> ProviderError {
    let ErrorDetail { code, kind } = reply.error::<ErrorAnswer>().error;
    if kind.as_deref() == Some("idempotency_error") {
        // An instance of another version, or with another public address, has asked before: there may be a session.
        return ProviderError::Unavailable("it was asked in other words before".into());
    }
    let code = code.or(kind).unwrap_or_else(|| "without a reason".to_owned());
    match reply.status.as_u16() {
        401 | 403 => reply.wrong_key(ProviderName::Stripe, &code),
        _ => reply.refusal(&code),
    }
}

#[async_trait]
impl PaymentProvider for Stripe {
    fn name(&self) -> ProviderName {
        ProviderName::Stripe
    }

    async fn start(&self, charge: &Charge) -> Result<Checkout, ProviderError> {
        let id = charge.id.to_string();
        let amount = money::in_smallest_units(charge.amount, charge.currency)
            .ok_or_else(|| ProviderError::Refused("the currency has no such amount".into()))?;
        let back = format!("{}/charges/{id}/return", self.public_url);
        let expires_at = charge.created_at + policy::CHECKOUT_TTL;
        let form = Serializer::new(String::new())
            .append_pair("mode", "payment")
            .append_pair("client_reference_id", &id)
            .append_pair("metadata[charge_id]", &id)
            .append_pair("payment_intent_data[metadata][charge_id]", &id)
            .append_pair("line_items[0][quantity]", "1")
            .append_pair("line_items[0][price_data][currency]", &charge.currency.code().to_lowercase())
            .append_pair("line_items[0][price_data][unit_amount]", &amount.to_string())
            .append_pair(
                "line_items[0][price_data][product_data][name]",
                &format!("{} points", charge.amount),
            )
            .append_pair("success_url", &back)
            .append_pair("cancel_url", &back)
            .append_pair("expires_at", &expires_at.timestamp().to_string())
            .finish();
        let reply = self.api.post(Operation::Start, Self::SESSIONS, Self::FORM, &id, form).await?;
        if !reply.status.is_success() {
            return Err(refusal(&reply));
        }
        reply.json::<Session>()?.checkout(charge)
    }

    async fn open(&self, charge: &Charge) -> Result<String, ProviderError> {
        let none = || ProviderError::Unavailable("the checkout is not open yet".into());
        charge.checkout.as_ref().map(|checkout| checkout.url.clone()).ok_or_else(none)
    }

    async fn confirm(&self, _charge: &Charge, _payment: &PaymentKey) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn look_up(&self, charge: &Charge, reference: Option<String>) -> Result<Finding, ProviderError> {
        let own = charge.checkout.as_ref().and_then(|checkout| checkout.reference.as_deref());
        let Some(reference) = own.or(reference.as_deref()).filter(|reference| is_reference(reference)) else {
            return Ok(Finding::Pending);
        };
        let Some(session) = self.session(reference).await? else { return Ok(Finding::Pending) };
        session.finding(charge)
    }

    fn verify(&self, notice: Notice<'_>) -> Result<VerifiedNotice, NoticeError> {
        notice::verify(notice, &self.webhook_secrets)
    }
}

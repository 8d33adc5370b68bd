//! Charges by a provider that takes money: how far one is, and what a browser agreed to pay.

use actix_web::web::Json;
use chrono::{DateTime, Utc};
use seatline_application::charges::{BeginChargeError, ChargeError, ShownCharge};
use seatline_domain::charge::{Charge, ChargeState, PaymentKey};
use seatline_domain::commands::CreateChargeError;
use seatline_domain::id::{ChargeId, LedgerEntryId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{JsonBody, LimitedUser, OptionalKey, Path, User};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;
use crate::wire::Points;

pub(super) fn endpoints() -> Vec<Endpoint> {
    const ERRORS: &[Code] = &[Code::ChargeNotFound, Code::Unavailable];
    vec![
        endpoint!(show_charge).errors(ERRORS),
        endpoint!(confirm_charge).limited(Limited::Charging).errors(ERRORS).errors(&[Code::InvalidValue]),
    ]
}

/// Show a charge
///
/// How far a charge by the payment provider is. Once it is `PAID`, its points are there: `entryId` names their ledger entry.
/// Money that arrives late still arrives, so `REFUSED` and `EXPIRED` may become `PAID`.
#[utoipa::path(get, path = "/api/v1/points/charges/{chargeId}", operation_id = "showCharge", tag = "Points", responses(
    (status = 200, description = "The charge.", body = ShownChargeBody),
))]
async fn show_charge(
    user: User,
    charge: Path<ChargeId>,
    app: State,
) -> Result<Json<ShownChargeBody>, Problem> {
    let shown = app.seatline.show_charge.execute(user.id, charge.0).await?;
    Ok(Json(shown.into()))
}

/// Confirm a charge
///
/// Takes the money that a browser has agreed to pay, where the provider waits for that (Toss Payments). What came of it is
/// looked up there. Safe to repeat: a charge is paid once.
#[utoipa::path(
    post, path = "/api/v1/points/charges/{chargeId}/confirmation", operation_id = "confirmCharge", tag = "Points",
    responses((status = 200, description = "The charge.", body = ShownChargeBody)),
)]
async fn confirm_charge(
    LimitedUser(user): LimitedUser,
    charge: Path<ChargeId>,
    _key: OptionalKey,
    body: JsonBody<ConfirmationBody>,
    app: State,
) -> Result<Json<ShownChargeBody>, Problem> {
    let key = PaymentKey::parse(&body.read().await?.payment_key).ok_or_else(|| {
        Problem::invalid("paymentKey", "The payment key must have 1 to 200 printable ASCII characters.")
    })?;
    let shown = app.seatline.confirm_charge.execute(user.id, charge.0, &key).await?;
    Ok(Json(shown.into()))
}

impl From<ChargeError> for Problem {
    fn from(error: ChargeError) -> Self {
        match error {
            ChargeError::NotFound => Self::new(Code::ChargeNotFound),
            ChargeError::ProviderUnavailable(reason) => provider_unavailable(&reason),
            ChargeError::Storage(error) => error.into(),
        }
    }
}

/// A payment provider that cannot be asked now.
pub(super) fn provider_unavailable(reason: &str) -> Problem {
    let problem = Problem::unavailable().detail("The payment provider cannot be asked now.");
    problem.because_of_load(&format!("the payment provider: {reason}"))
}

impl From<BeginChargeError> for Problem {
    fn from(error: BeginChargeError) -> Self {
        match error {
            BeginChargeError::Create(CreateChargeError::Charge(error)) => error.into(),
            BeginChargeError::Create(CreateChargeError::NotWhole) => {
                Self::invalid("amount", "The amount must be whole: the currency has no smaller unit.")
            }
            BeginChargeError::Refused => {
                Self::invalid("amount", "The payment provider does not take this amount.")
            }
            BeginChargeError::Asking(error) => error.into(),
        }
    }
}

/// What a browser agreed to pay.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConfirmCharge)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConfirmationBody {
    /// The provider's key of the payment, as it came back with the browser.
    #[schema(min_length = 1, max_length = 200)]
    payment_key: String,
}

/// Progress of a charge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChargeState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ChargeStateBody {
    /// The money is waited for.
    Pending,
    /// The money is there, and the points with it.
    Paid,
    /// The provider took no money.
    Refused,
    /// Nobody paid in time.
    Expired,
}

impl From<ChargeState> for ChargeStateBody {
    fn from(state: ChargeState) -> Self {
        match state {
            ChargeState::Created | ChargeState::Pending => Self::Pending,
            ChargeState::Paid(_) => Self::Paid,
            ChargeState::Refused { .. } => Self::Refused,
            ChargeState::Expired { .. } => Self::Expired,
        }
    }
}

/// A charge that a payment provider takes the money of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Checkout)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckoutBody {
    /// The charge's id.
    charge_id: Uuid,
    /// The points.
    amount: Points,
    /// Its progress.
    state: ChargeStateBody,
    /// The address where a browser pays; null for a charge that was never begun there.
    #[schema(required)]
    checkout_url: Option<String>,
    /// The instant until which it can be paid.
    expires_at: DateTime<Utc>,
}

impl From<Charge> for CheckoutBody {
    fn from(charge: Charge) -> Self {
        Self {
            charge_id: charge.id.uuid(),
            amount: charge.amount.into(),
            state: charge.state.into(),
            expires_at: charge.expires_at(),
            checkout_url: charge.checkout.map(|checkout| checkout.url),
        }
    }
}

/// A charge, as far as it is known.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProviderCharge)]
#[serde(rename_all = "camelCase")]
struct ShownChargeBody {
    /// The charge's id.
    charge_id: Uuid,
    /// The points.
    amount: Points,
    /// Its progress.
    state: ChargeStateBody,
    /// The ledger entry of its points; null until it is paid.
    #[schema(required)]
    entry_id: Option<Uuid>,
    /// The user's balance.
    balance: Points,
}

impl From<ShownCharge> for ShownChargeBody {
    fn from(shown: ShownCharge) -> Self {
        let ShownCharge { charge, balance } = shown;
        Self {
            charge_id: charge.id.uuid(),
            amount: charge.amount.into(),
            state: charge.state.into(),
            entry_id: charge.entry_id().map(LedgerEntryId::uuid),
            balance: balance.into(),
        }
    }
}

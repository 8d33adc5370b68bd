//! Adding points to a user's wallet, and taking some back.

use seatline_domain::commands::CreditError;
use seatline_domain::id::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{JsonBody, Path, RequiredKey, Support, signed_amount, text};
use crate::problem::{Code, Problem};
use crate::routes::points::EntryBody;
use crate::state::State;
use crate::wire::SignedAmountText;

pub(super) fn endpoint() -> Endpoint {
    endpoint!(credit_points).errors(&[
        Code::InsufficientPoints,
        Code::UserNotFound,
        Code::InvalidValue,
        Code::Unavailable,
    ])
}

/// Add points to a user's wallet, or take some back
///
/// At most 10,000,000 points; a balance is at most 1,000,000,000. A negative amount takes back what is there. Who did it and
/// why is kept with the ledger entry. One key, one entry.
#[utoipa::path(
    post, path = "/api/v1/admin/users/{userId}/points", operation_id = "creditPoints", tag = "Operators",
    responses((status = 201, description = "The ledger entry: a credit, or a debit.", body = EntryBody,
               headers(("Idempotency-Replayed")))),
)]
async fn credit_points(
    operator: Support,
    user: Path<UserId>,
    key: RequiredKey,
    body: JsonBody<CreditBody>,
    app: State,
) -> Result<Replayable<EntryBody>, Problem> {
    let body = body.read().await?;
    let (change, reason) = (signed_amount("amount", &body.amount)?, text("reason", &body.reason)?);
    let answer = app.seatline.credit_points.execute(operator.0, user.0, change, reason, key.0).await?;
    Ok(Replayable::new(answer, None))
}

impl From<CreditError> for Problem {
    fn from(error: CreditError) -> Self {
        match error {
            CreditError::UserNotFound => Self::new(Code::UserNotFound),
            CreditError::Zero => Self::invalid("amount", "The amount must not be zero."),
            CreditError::TooMuch => {
                Self::invalid("amount", "One credit adds or takes at most 10,000,000 points.")
            }
            CreditError::WalletFull(_) => {
                Self::invalid("amount", "The balance would be above 1,000,000,000 points.")
            }
            CreditError::InsufficientPoints(points) => {
                Self::new(Code::InsufficientPoints).points(points.balance, points.required)
            }
            CreditError::KeyReused(reused) => reused.into(),
            CreditError::Storage(error) => error.into(),
        }
    }
}

/// Points to add or to take back.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CreditPoints)]
#[serde(deny_unknown_fields)]
struct CreditBody {
    /// The points: above 0 to add them, below 0 to take them back; at most 10,000,000.
    amount: SignedAmountText,
    /// The reason. Trimmed and composed (NFC).
    #[schema(min_length = 1, max_length = 200, example = "Sorry for the long wait")]
    reason: String,
}

//! Giving seats of a user's payment back for them.

use seatline_domain::id::{PaymentId, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{JsonBody, OptionalKey, Path, Support, text};
use crate::problem::{Code, Problem};
use crate::routes::payments::{RefundBody, selected};
use crate::state::State;

pub(super) fn endpoint() -> Endpoint {
    endpoint!(refund_for_user).errors(&[
        Code::UserNotFound,
        Code::PaymentNotFound,
        Code::SeatNotFound,
        Code::InvalidValue,
        Code::Unavailable,
    ])
}

/// Give seats of a user's payment back
///
/// As the user's own refund, at any time, also after the performance has begun. It is in the record of the concert's
/// changes.
#[utoipa::path(
    post, path = "/api/v1/admin/users/{userId}/payments/{paymentId}/refunds", operation_id = "refundForUser",
    tag = "Operators",
    responses(
        (status = 201, description = "The refund, without the user's balance.", body = RefundBody,
         headers(("Idempotency-Replayed"))),
        (status = 200, description = "The refund that gave these seats back before.", body = RefundBody),
    ),
)]
async fn refund_for_user(
    operator: Support,
    user: Path<UserId>,
    payment: Path<PaymentId>,
    key: OptionalKey,
    body: JsonBody<OperatorRefundBody>,
    app: State,
) -> Result<Replayable<RefundBody>, Problem> {
    let body = body.read().await?;
    let (seats, reason) = (selected(body.seat_numbers)?, text("reason", &body.reason)?);
    app.seatline.require_user.execute(user.0).await?;
    let refund = &app.seatline.refund_for_user;
    let answer = refund.execute(operator.0, (user.0, payment.0), seats, reason, key.0).await?;
    let shown = RefundBody::of_another(answer.value.clone());
    Ok(Replayable::new(answer.with(shown), None))
}

/// Seats to give back for a user.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RefundForUser)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OperatorRefundBody {
    /// The numbers of the seats, each once; all that are left, if not said.
    #[schema(nullable = false, min_items = 1, max_items = 100, example = json!([7]))]
    seat_numbers: Option<Vec<i64>>,
    /// The reason. Trimmed and composed (NFC); the buyer sees it too.
    #[schema(min_length = 1, max_length = 200, example = "The seat is behind a pillar")]
    reason: String,
}

//! What payment providers send: notices that something became of a charge, which is looked up before it counts.

use actix_web::web::Json;
use seatline_application::charges::NoticeRefusal;
use seatline_domain::charge::{Notice, NoticeError, ProviderName};
use serde::Serialize;
use utoipa::ToSchema;

use super::charges::provider_unavailable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{NoticeBody, NoticeSignature};
use crate::problem::{Code, Problem};
use crate::state::State;

pub(super) fn endpoints() -> Vec<Endpoint> {
    const ERRORS: &[Code] = &[Code::Unavailable];
    vec![
        endpoint!(receive_stripe_notice).errors(ERRORS).ignores_accept(),
        endpoint!(receive_toss_notice).errors(ERRORS).ignores_accept(),
    ]
}

/// Take a notice of Stripe's
///
/// The signature is verified over the body, byte by byte, and must be of the last five minutes. What became of the charge is
/// then looked up at Stripe. 404 where points are not charged by Stripe.
#[utoipa::path(post, path = "/webhooks/stripe", operation_id = "receiveStripeNotice", tag = "Points", responses(
    (status = 200, description = "It was taken. It need not be sent again.", body = ReceivedBody),
))]
async fn receive_stripe_notice(
    signature: NoticeSignature,
    body: NoticeBody,
    app: State,
) -> Result<Json<ReceivedBody>, Problem> {
    receive(ProviderName::Stripe, body, signature.0.as_deref(), &app).await
}

/// Take a notice of Toss Payments'
///
/// It is not signed, and tells no more than which charge to look up at Toss Payments. 404 where points are not charged by
/// Toss Payments.
#[utoipa::path(post, path = "/webhooks/toss", operation_id = "receiveTossNotice", tag = "Points", responses(
    (status = 200, description = "It was taken. It need not be sent again.", body = ReceivedBody),
))]
async fn receive_toss_notice(body: NoticeBody, app: State) -> Result<Json<ReceivedBody>, Problem> {
    receive(ProviderName::Toss, body, None, &app).await
}

async fn receive(
    from: ProviderName,
    body: NoticeBody,
    signature: Option<&str>,
    app: &State,
) -> Result<Json<ReceivedBody>, Problem> {
    if app.seatline.charging.provider_name() != Some(from) {
        return Err(Problem::new(Code::NotFound));
    }
    let body = body.read().await?;
    app.seatline.receive_notice.execute(from, Notice { body: &body, signature }).await?;
    Ok(Json(ReceivedBody { received: true }))
}

impl From<NoticeRefusal> for Problem {
    fn from(refusal: NoticeRefusal) -> Self {
        match refusal {
            NoticeRefusal::NotServed => Self::new(Code::NotFound),
            NoticeRefusal::Notice(NoticeError::Malformed) => Self::malformed("The notice cannot be read."),
            NoticeRefusal::Notice(NoticeError::Forged) => {
                Self::malformed("The notice is not signed by the payment provider.")
            }
            NoticeRefusal::Stale => {
                Self::malformed("The notice was not signed within the last five minutes.")
            }
            NoticeRefusal::ProviderUnavailable(reason) => provider_unavailable(&reason),
            NoticeRefusal::Storage(error) => error.into(),
        }
    }
}

/// Receipt of a notice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReceivedNotice)]
struct ReceivedBody {
    /// Always `true`.
    received: bool,
}

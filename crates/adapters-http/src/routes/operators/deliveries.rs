//! Deliveries of events to webhooks.

use actix_web::web::Json;
use chrono::{DateTime, Utc};
use seatline_domain::id::{EventId, WebhookId};
use seatline_domain::webhook::{Attempt, AttemptFailure, Delivery, DeliveryState};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::webhook_bodies::EventTypeBody;
use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{OptionalKey, Owner, Page, Path};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::{List, PageBody};

type DeliveryPage = PageBody<DeliveryBody>;

pub(super) fn endpoints() -> [Endpoint; 2] {
    [
        endpoint!(list_deliveries).errors(&[Code::WebhookNotFound, Code::Unavailable]),
        endpoint!(replay_delivery).errors(&[
            Code::WebhookNotFound,
            Code::DeliveryNotFound,
            Code::Unavailable,
        ]),
    ]
}

/// List the deliveries to a webhook
///
/// Newest first. They are kept for thirty days.
#[utoipa::path(
    get, path = "/api/v1/admin/webhooks/{webhookId}/deliveries", operation_id = "listDeliveries", tag = "Operators",
    responses((status = 200, description = "One page of them.", body = DeliveryPage)),
)]
async fn list_deliveries(
    _: Owner,
    webhook: Path<WebhookId>,
    page: Page,
    app: State,
) -> Result<Json<DeliveryPage>, Problem> {
    let list = List::named("deliveries").of_webhook(webhook.0);
    let page = app.seatline.list_deliveries.execute(webhook.0, page.of(&list)?).await?;
    Ok(Json(PageBody::render(page, &list, DeliveryBody::from)))
}

/// Deliver an event to a webhook once more
///
/// From the first attempt on, whether or not it was delivered before. While the webhook is disabled it waits.
#[utoipa::path(
    post, path = "/api/v1/admin/webhooks/{webhookId}/deliveries/{deliveryId}/replay", operation_id = "replayDelivery",
    tag = "Operators",
    responses((status = 202, description = "It is delivered.", body = DeliveryBody,
               headers(("Idempotency-Replayed")))),
)]
async fn replay_delivery(
    owner: Owner,
    webhook: Path<WebhookId>,
    delivery: Path<EventId>,
    key: OptionalKey,
    app: State,
) -> Result<Replayable<DeliveryBody>, Problem> {
    let answer = app.seatline.replay_delivery.execute(owner.0, webhook.0, delivery.0, key.0).await?;
    Ok(Replayable::accepted(answer))
}

/// The delivery of an event to a webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
#[serde(rename_all = "camelCase")]
struct DeliveryBody {
    /// The delivery's id: that of the event, and the `webhook-id` that it is sent with.
    delivery_id: Uuid,
    /// The event's type.
    event: EventTypeBody,
    /// Its state.
    state: DeliveryStateBody,
    /// Its attempts, in their order.
    attempts: Vec<AttemptBody>,
    /// The instant of the next attempt. Null when there is none, or while an earlier event about the same thing is pending.
    #[schema(required)]
    next_attempt_at: Option<DateTime<Utc>>,
}

/// State of a delivery.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum DeliveryStateBody {
    /// It is to be attempted, for the first time or again.
    Pending,
    /// The receiver has taken it.
    Delivered,
    /// It was attempted in vain, and is not attempted any more.
    Failed,
}

/// An attempt to deliver.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryAttempt)]
struct AttemptBody {
    /// The instant at which it was made.
    at: DateTime<Utc>,
    /// The status of the answer; null when there was none.
    #[schema(required)]
    status: Option<u16>,
    /// How long it took.
    milliseconds: u64,
    /// Why there was no answer: `FORBIDDEN_ADDRESS`, `UNREACHABLE` or `TIMED_OUT`; null when there was one.
    #[schema(required)]
    failure: Option<&'static str>,
}

impl From<Delivery> for DeliveryBody {
    fn from(delivery: Delivery) -> Self {
        Self {
            delivery_id: delivery.event_id.uuid(),
            event: delivery.kind.into(),
            state: match delivery.state {
                DeliveryState::Pending => DeliveryStateBody::Pending,
                DeliveryState::Delivered => DeliveryStateBody::Delivered,
                DeliveryState::Failed => DeliveryStateBody::Failed,
            },
            attempts: delivery.attempts.into_iter().map(AttemptBody::from).collect(),
            next_attempt_at: delivery.next_attempt_at,
        }
    }
}

impl From<Attempt> for AttemptBody {
    fn from(Attempt { at, outcome }: Attempt) -> Self {
        Self {
            at,
            status: outcome.answer.ok(),
            milliseconds: u64::try_from(outcome.took.as_millis()).unwrap_or(u64::MAX),
            failure: outcome.answer.err().map(AttemptFailure::name),
        }
    }
}

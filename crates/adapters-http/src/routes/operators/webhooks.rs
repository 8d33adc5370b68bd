//! The webhooks that the owner makes.

use actix_web::web::Json;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use seatline_application::webhooks::NewWebhook;
use seatline_domain::id::WebhookId;
use seatline_domain::webhook::{Webhook, WebhookChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::webhook_bodies::{EventTypeBody, WebhookBody, event_kinds, url_problem};
use crate::answer::{NoContent, Replayable};
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{JsonBody, OptionalKey, Owner, Page, Path};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::{List, PageBody};

type WebhookPage = PageBody<WebhookBody>;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(create_webhook).errors(&[Code::WebhookNotFound, Code::InvalidValue, Code::Unavailable]),
        endpoint!(list_webhooks).errors(&[Code::Unavailable]),
        endpoint!(show_webhook).errors(&[Code::WebhookNotFound, Code::Unavailable]),
        endpoint!(change_webhook).errors(&[Code::WebhookNotFound, Code::InvalidValue, Code::Unavailable]),
        endpoint!(delete_webhook).errors(&[Code::WebhookNotFound, Code::Unavailable]),
        endpoint!(replace_webhook_secret).errors(&[Code::WebhookNotFound, Code::Unavailable]),
    ]
}

/// Make a webhook
///
/// It is told of whatever is asked for after this answer, by every instance; so the answer takes a second. The secret is
/// shown once, and to a retry by the same idempotency key.
#[utoipa::path(post, path = "/api/v1/admin/webhooks", operation_id = "createWebhook", tag = "Operators", responses(
    (status = 201, description = "The new webhook.", body = CreatedWebhookBody, headers(("Idempotency-Replayed"))),
))]
async fn create_webhook(
    owner: Owner,
    key: OptionalKey,
    body: JsonBody<NewWebhookBody>,
    app: State,
) -> Result<Replayable<CreatedWebhookBody>, Problem> {
    let NewWebhookBody { url, events } = body.read().await?;
    let url = app.seatline.create_webhook.read_url(&url).map_err(url_problem)?;
    let new = NewWebhook { url, events: event_kinds(&events)? };
    let answer = app.seatline.create_webhook.execute(owner.0, new, key.0).await?;
    Ok(Replayable::new(answer, None))
}

/// List webhooks
///
/// Newest first, without their secrets.
#[utoipa::path(get, path = "/api/v1/admin/webhooks", operation_id = "listWebhooks", tag = "Operators", responses(
    (status = 200, description = "One page of them.", body = WebhookPage),
))]
async fn list_webhooks(_: Owner, page: Page, app: State) -> Result<Json<WebhookPage>, Problem> {
    let list = List::named("webhooks");
    let page = app.seatline.list_webhooks.execute(page.of(&list)?).await?;
    Ok(Json(PageBody::render(page, &list, WebhookBody::from)))
}

/// Show one webhook
///
/// Without its secret.
#[utoipa::path(
    get, path = "/api/v1/admin/webhooks/{webhookId}", operation_id = "showWebhook", tag = "Operators",
    responses((status = 200, description = "The webhook.", body = WebhookBody)),
)]
async fn show_webhook(_: Owner, webhook: Path<WebhookId>, app: State) -> Result<Json<WebhookBody>, Problem> {
    Ok(Json(app.seatline.list_webhooks.one(webhook.0).await?.into()))
}

/// Change a webhook
///
/// What is not named stays as it is; naming nothing is refused. What waits to be delivered goes by the change within
/// seconds. One that is disabled is told of nothing that happens meanwhile; what it was to be told before waits.
#[utoipa::path(
    patch, path = "/api/v1/admin/webhooks/{webhookId}", operation_id = "changeWebhook", tag = "Operators",
    responses((status = 200, description = "The webhook.", body = WebhookBody, headers(("Idempotency-Replayed")))),
)]
async fn change_webhook(
    owner: Owner,
    webhook: Path<WebhookId>,
    key: OptionalKey,
    body: JsonBody<WebhookChangeBody>,
    app: State,
) -> Result<Replayable<WebhookBody>, Problem> {
    let WebhookChangeBody { enabled, events, url } = body.read().await?;
    let read = |url: String| app.seatline.create_webhook.read_url(&url).map_err(url_problem);
    let change = WebhookChange {
        enabled,
        events: events.map(|events| event_kinds(&events)).transpose()?,
        url: url.map(read).transpose()?,
    };
    if change == WebhookChange::default() {
        return Err(Problem::invalid("enabled", "Name at least one of enabled, events and url."));
    }
    let answer = app.seatline.change_webhook.execute(owner.0, webhook.0, change, key.0).await?;
    Ok(Replayable::new(answer, None))
}

/// Delete a webhook
///
/// It is told of nothing any more. Repeatable.
#[utoipa::path(
    delete, path = "/api/v1/admin/webhooks/{webhookId}", operation_id = "deleteWebhook", tag = "Operators",
    responses((status = 204, description = "Deleted, now or before.")),
)]
async fn delete_webhook(owner: Owner, webhook: Path<WebhookId>, app: State) -> Result<NoContent, Problem> {
    app.seatline.delete_webhook.execute(owner.0, webhook.0).await?;
    Ok(NoContent)
}

/// Replace the secret of a webhook
///
/// For a day the old one signs too: each delivery then has both signatures, separated by a space. The secret is shown once,
/// and to a retry by the same idempotency key.
#[utoipa::path(
    post, path = "/api/v1/admin/webhooks/{webhookId}/secret", operation_id = "replaceWebhookSecret", tag = "Operators",
    responses((status = 201, description = "The webhook with its new secret.", body = CreatedWebhookBody,
               headers(("Idempotency-Replayed")))),
)]
async fn replace_webhook_secret(
    owner: Owner,
    webhook: Path<WebhookId>,
    key: OptionalKey,
    app: State,
) -> Result<Replayable<CreatedWebhookBody>, Problem> {
    let answer = app.seatline.change_webhook.replace_secret(owner.0, webhook.0, key.0).await?;
    Ok(Replayable::new(answer, None))
}

/// A webhook to make.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewWebhook)]
#[serde(deny_unknown_fields)]
struct NewWebhookBody {
    /// Its address, with http or https, without a user name, password or fragment. It must not lie in the service's own
    /// network, unless that is allowed.
    #[schema(max_length = 2000, example = "https://shop.example/hooks/seatline")]
    url: String,
    /// The types of events that it wants, each once.
    #[schema(value_type = Vec<EventTypeBody>, min_items = 1, example = json!(["payment.completed", "payment.refunded"]))]
    events: Vec<String>,
}

/// A change of a webhook: at least one of its fields.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WebhookChange, min_properties = 1)]
#[serde(deny_unknown_fields)]
struct WebhookChangeBody {
    /// Whether it is told of anything.
    enabled: Option<bool>,
    /// The types of events that it wants, each once.
    #[schema(value_type = Option<Vec<EventTypeBody>>, min_items = 1)]
    events: Option<Vec<String>>,
    /// Its address.
    #[schema(max_length = 2000, example = "https://shop.example/hooks/seatline")]
    url: Option<String>,
}

/// A webhook with its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedWebhook)]
#[serde(rename_all = "camelCase")]
struct CreatedWebhookBody {
    /// The webhook's id.
    webhook_id: Uuid,
    /// Its address.
    #[schema(example = "https://shop.example/hooks/seatline")]
    url: String,
    /// The types of events that it is told of.
    events: Vec<EventTypeBody>,
    /// Whether it is told of anything at the moment.
    enabled: bool,
    /// The instant at which it was made.
    created_at: DateTime<Utc>,
    /// The instant until which the secret that was replaced signs beside the new one; null when none does.
    #[schema(required)]
    previous_secret_until: Option<DateTime<Utc>>,
    /// The secret that signs what it is told, as Standard Webhooks writes it. It cannot be shown again, but to a retry by
    /// the same idempotency key.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")]
    secret: String,
}

impl From<Webhook> for CreatedWebhookBody {
    fn from(webhook: Webhook) -> Self {
        Self {
            webhook_id: webhook.id.uuid(),
            url: webhook.url.as_str().to_owned(),
            events: webhook.events.iter().map(EventTypeBody::from).collect(),
            enabled: webhook.enabled,
            created_at: webhook.created_at,
            previous_secret_until: webhook.previous_secret.map(|previous| previous.until),
            secret: format!("whsec_{}", BASE64_STANDARD.encode(webhook.secret.bytes())),
        }
    }
}

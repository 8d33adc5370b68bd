//! The feed of events, for those who would rather ask.

use actix_web::web::Json;
use chrono::{DateTime, Utc};
use seatline_application::webhooks::EventPage;
use seatline_domain::event::{EventPosition, PublishedEvent};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::webhook_bodies::EventTypeBody;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{FeedPage, Operator};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::List;

pub(super) fn endpoint() -> Endpoint {
    endpoint!(list_events).errors(&[Code::Unavailable])
}

/// List events
///
/// In the order of their commits, the oldest first: nothing is skipped. Whoever has read to the end asks again with the same
/// cursor. Kept for thirty days, while a webhook wants their type, or where all events are kept.
#[utoipa::path(get, path = "/api/v1/admin/events", operation_id = "listEvents", tag = "Operators", responses(
    (status = 200, description = "The next events.", body = EventPageBody),
))]
async fn list_events(_: Operator, page: FeedPage, app: State) -> Result<Json<EventPageBody>, Problem> {
    let list = List::named("events");
    let after = page.of::<i64>(&list)?.map(EventPosition::new);
    let EventPage { events, next } = app.seatline.list_events.execute(after, page.limit).await?;
    let items = events.into_iter().map(EventBody::render).collect::<Result<_, _>>()?;
    Ok(Json(EventPageBody { items, next_cursor: list.give(&next.get()) }))
}

/// Events, and the cursor of the next ones.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventPage)]
#[serde(rename_all = "camelCase")]
struct EventPageBody {
    /// The events, at most `limit`. None, where nothing has happened since.
    items: Vec<EventBody>,
    /// Send it as `after` for the next events. Never null: where there are none yet, it is that of the end.
    #[schema(example = "AAAAAAAAAAcqg8nscfD6dQ")]
    next_cursor: String,
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
#[serde(rename_all = "camelCase")]
struct EventBody {
    /// The event's id: the `webhook-id` that it is delivered with.
    event_id: Uuid,
    /// Its type.
    #[serde(rename = "type")]
    kind: EventTypeBody,
    /// The instant at which it happened.
    timestamp: DateTime<Utc>,
    /// What happened, by the names of this contract.
    #[schema(value_type = Object, example = json!({"paymentId": "019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e", "amount": 120_000}))]
    data: Box<RawValue>,
}

impl EventBody {
    fn render(event: PublishedEvent) -> Result<Self, Problem> {
        let data = RawValue::from_string(event.data);
        Ok(Self {
            event_id: event.id.uuid(),
            kind: event.kind.into(),
            timestamp: event.at,
            data: data.map_err(|error| Problem::new(Code::InternalError).because(&error))?,
        })
    }
}

use std::fmt;

use actix_web::web::Bytes;
use seatline_application::queue::{LastSent, QueueStatus, TokenStatus};
use serde::Serialize;
use utoipa::ToSchema;

use super::event_id::EventId;
use super::token_body::TokenBody;

/// One server-sent event. Each field is a line of its own; an empty line ends the event.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueEvent)]
pub(super) struct EventBody {
    /// The kind of event.
    event: EventName,
    /// The event's id; send it as `Last-Event-ID` when you connect again.
    #[schema(example = "121-w4")]
    id: String,
    /// The milliseconds after which to connect again when the stream closes before the end.
    #[schema(minimum = 1_000, maximum = 30_000, example = 1_000)]
    retry: i64,
    /// The same as the answer of `GET /api/v1/queue/token`: JSON, written on one line.
    #[schema(value_type = String, content_media_type = "application/json")]
    data: TokenBody,
}

/// Kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum EventName {
    /// The position has changed, or the room was paused or opened.
    Position,
    /// It is the bearer's turn.
    Active,
    /// It is over; the stream closes.
    Ended,
}

impl EventBody {
    /// As it goes over the wire.
    pub(super) fn written(&self) -> Result<Bytes, serde_json::Error> {
        let data = serde_json::to_string(&self.data)?;
        let Self { event, id, retry, .. } = self;
        Ok(format!("event: {event}\nid: {id}\nretry: {retry}\ndata: {data}\n\n").into())
    }

    /// The milliseconds after which to connect again.
    pub(super) const fn retry_ms(&self) -> i64 {
        self.retry
    }
}

impl From<TokenStatus> for EventBody {
    fn from(status: TokenStatus) -> Self {
        let told = LastSent::of(&QueueStatus { position: status.position, outlook: status.outlook });
        let event = match told {
            LastSent::Waiting { .. } => EventName::Position,
            LastSent::Active => EventName::Active,
            LastSent::Ended => EventName::Ended,
        };
        let id = EventId { number: status.claims.number, told }.to_string();
        let data = TokenBody::from(status);
        Self { event, id, retry: data.poll_after_ms(), data }
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Position => "position",
            Self::Active => "active",
            Self::Ended => "ended",
        })
    }
}

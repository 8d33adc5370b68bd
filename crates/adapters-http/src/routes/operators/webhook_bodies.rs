use chrono::{DateTime, Utc};
use seatline_domain::commands::WebhookError;
use seatline_domain::event::{EventKind, EventKinds};
use seatline_domain::webhook::{Webhook, WebhookUrlError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::problem::{Code, Problem};

/// A type of events.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = EventType)]
pub(super) enum EventTypeBody {
    /// Seats are held.
    #[serde(rename = "reservation.held")]
    ReservationHeld,
    /// A hold was not paid in time.
    #[serde(rename = "reservation.expired")]
    ReservationExpired,
    /// A hold was given up, or its performance was cancelled.
    #[serde(rename = "reservation.cancelled")]
    ReservationCancelled,
    /// A reservation was paid.
    #[serde(rename = "payment.completed")]
    PaymentCompleted,
    /// A payment was refunded, or a part of it.
    #[serde(rename = "payment.refunded")]
    PaymentRefunded,
    /// Points were charged.
    #[serde(rename = "charge.completed")]
    ChargeCompleted,
    /// A performance was changed, or the price of one of its sections.
    #[serde(rename = "performance.changed")]
    PerformanceChanged,
    /// A performance was cancelled.
    #[serde(rename = "performance.cancelled")]
    PerformanceCancelled,
    /// A ticket was used.
    #[serde(rename = "ticket.checked_in")]
    TicketCheckedIn,
}

impl From<EventKind> for EventTypeBody {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::ReservationHeld => Self::ReservationHeld,
            EventKind::ReservationExpired => Self::ReservationExpired,
            EventKind::ReservationCancelled => Self::ReservationCancelled,
            EventKind::PaymentCompleted => Self::PaymentCompleted,
            EventKind::PaymentRefunded => Self::PaymentRefunded,
            EventKind::ChargeCompleted => Self::ChargeCompleted,
            EventKind::PerformanceChanged => Self::PerformanceChanged,
            EventKind::PerformanceCancelled => Self::PerformanceCancelled,
            EventKind::TicketCheckedIn => Self::TicketCheckedIn,
        }
    }
}

/// Reads types of events: at least one, each once.
pub(super) fn event_kinds(names: &[String]) -> Result<EventKinds, Problem> {
    let known = || EventKind::ALL.map(EventKind::name).join(", ");
    if names.is_empty() {
        return Err(Problem::invalid("events", format!("Name at least one of {}.", known())));
    }
    let mut kinds = EventKinds::NONE;
    for name in names {
        let kind = EventKind::parse(name);
        let kind =
            kind.map_err(|_| Problem::invalid("events", format!("The types of events are {}.", known())))?;
        if kinds.contains(kind) {
            return Err(Problem::invalid("events", "Name each type of events once."));
        }
        kinds = kinds.or([kind].into_iter().collect());
    }
    Ok(kinds)
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebhookBody {
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
    /// The instant at which it was disabled because it had only failed for three days; null otherwise.
    #[schema(required)]
    disabled_at: Option<DateTime<Utc>>,
    /// The instant until which the secret that was replaced signs beside the new one; null when none does.
    #[schema(required)]
    previous_secret_until: Option<DateTime<Utc>>,
}

impl From<Webhook> for WebhookBody {
    fn from(webhook: Webhook) -> Self {
        Self {
            webhook_id: webhook.id.uuid(),
            url: webhook.url.as_str().to_owned(),
            events: webhook.events.iter().map(EventTypeBody::from).collect(),
            enabled: webhook.enabled,
            created_at: webhook.created_at,
            disabled_at: webhook.gave_up_at,
            previous_secret_until: webhook.previous_secret.map(|previous| previous.until),
        }
    }
}

pub(super) fn url_problem(error: WebhookUrlError) -> Problem {
    Problem::invalid("url", format!("The address {error}."))
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::NotFound => Self::new(Code::WebhookNotFound),
            WebhookError::DeliveryNotFound => Self::new(Code::DeliveryNotFound),
            WebhookError::TooMany => {
                Self::invalid("url", "There are as many webhooks as there may be. Delete one first.")
            }
            WebhookError::KeyReused(reused) => reused.into(),
            WebhookError::Storage(error) => error.into(),
        }
    }
}

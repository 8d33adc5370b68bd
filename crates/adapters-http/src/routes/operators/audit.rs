//! The record of operators' changes.

use std::collections::BTreeMap;

use actix_web::web::Json;
use chrono::{DateTime, Utc};
use seatline_application::operators::AuditedChange;
use seatline_domain::audit::{AuditAction, Fact, Facts};
use seatline_domain::id::ConcertId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Operator, Page, Path};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::wire::{List, PageBody, SignedPoints};

type AuditEntryPage = PageBody<AuditEntryBody>;

pub(super) fn endpoint() -> Endpoint {
    endpoint!(list_audit).errors(&[Code::ConcertNotFound, Code::Unavailable])
}

/// List what operators changed of a concert
///
/// Newest first. What belongs to no concert, webhooks and their deliveries, users' points and operators' keys, is listed
/// under the id of zeros, `00000000-0000-0000-0000-000000000000`.
#[utoipa::path(
    get, path = "/api/v1/admin/concerts/{concertId}/audit", operation_id = "listAudit", tag = "Operators",
    responses((status = 200, description = "One page of the changes.", body = AuditEntryPage)),
)]
async fn list_audit(
    _: Operator,
    concert: Path<ConcertId>,
    page: Page,
    app: State,
) -> Result<Json<AuditEntryPage>, Problem> {
    let list = List::named("audit").of_concert(concert.0);
    let page = app.seatline.list_audit.execute(concert.0, page.of(&list)?).await?;
    Ok(Json(PageBody::render(page, &list, AuditEntryBody::from)))
}

/// One operator's change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
#[serde(rename_all = "camelCase")]
struct AuditEntryBody {
    /// The entry's id.
    entry_id: Uuid,
    /// The operator: the name of the key that was used or, for the owner, the fingerprint of theirs, eight hexadecimal
    /// digits; zeros for Seatline itself. `keyId` tells a name from a fingerprint.
    #[schema(example = "5f0c9a3e")]
    operator: String,
    /// The key that was used, good or deleted; null for the owner's, and for Seatline itself.
    #[schema(required)]
    key_id: Option<Uuid>,
    /// The kind of change.
    action: AuditActionBody,
    /// The thing before, by the names of this contract, amounts, instants and seats in its forms; null when it was not
    /// there.
    #[schema(required, value_type = Option<Object>, example = json!({"capacity": 500, "state": "OPEN"}))]
    before: Option<BTreeMap<String, FactBody>>,
    /// The thing after.
    #[schema(value_type = Object, example = json!({"capacity": 800, "state": "OPEN"}))]
    after: BTreeMap<String, FactBody>,
    /// The instant of the change.
    at: DateTime<Utc>,
}

/// Kind of an operator's change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditAction)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum AuditActionBody {
    /// Added the concert.
    ConcertAdded,
    /// Added a performance.
    PerformanceAdded,
    /// Changed the concert.
    ConcertChanged,
    /// Changed a performance.
    PerformanceChanged,
    /// Cancelled a performance.
    PerformanceCancelled,
    /// Gave a payment back, or a part of it.
    PaymentRefunded,
    /// Changed the price of a section.
    SectionChanged,
    /// Blocked seats, or gave them back to the sale.
    SeatsChanged,
    /// Changed the waiting room.
    QueueChanged,
    /// Checked in a ticket.
    TicketCheckedIn,
    /// Added a webhook.
    WebhookAdded,
    /// Changed a webhook.
    WebhookChanged,
    /// Deleted a webhook.
    WebhookDeleted,
    /// Delivered an event once more.
    DeliveryReplayed,
    /// Added points to a user's wallet.
    PointsCredited,
    /// Took points back from a user's wallet.
    PointsDebited,
    /// Made an operators' key.
    OperatorKeyAdded,
    /// Deleted an operators' key.
    OperatorKeyDeleted,
}

/// One value of a recorded thing.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum FactBody {
    Text(String),
    Number(u64),
    Points(SignedPoints),
    Instant(DateTime<Utc>),
    Seats(Vec<u32>),
    None,
}

impl From<AuditedChange> for AuditEntryBody {
    fn from(AuditedChange { entry, key }: AuditedChange) -> Self {
        let fingerprint = || entry.stamp.operator.to_string();
        Self {
            entry_id: entry.stamp.entry_id.uuid(),
            operator: key.as_ref().map_or_else(fingerprint, |key| key.name.as_str().to_owned()),
            key_id: key.map(|key| key.id.uuid()),
            action: match entry.action {
                AuditAction::ConcertAdded => AuditActionBody::ConcertAdded,
                AuditAction::PerformanceAdded => AuditActionBody::PerformanceAdded,
                AuditAction::ConcertChanged => AuditActionBody::ConcertChanged,
                AuditAction::PerformanceChanged => AuditActionBody::PerformanceChanged,
                AuditAction::PerformanceCancelled => AuditActionBody::PerformanceCancelled,
                AuditAction::PaymentRefunded => AuditActionBody::PaymentRefunded,
                AuditAction::SectionChanged => AuditActionBody::SectionChanged,
                AuditAction::SeatsChanged => AuditActionBody::SeatsChanged,
                AuditAction::TicketCheckedIn => AuditActionBody::TicketCheckedIn,
                AuditAction::QueueChanged => AuditActionBody::QueueChanged,
                AuditAction::WebhookAdded => AuditActionBody::WebhookAdded,
                AuditAction::WebhookChanged => AuditActionBody::WebhookChanged,
                AuditAction::WebhookDeleted => AuditActionBody::WebhookDeleted,
                AuditAction::DeliveryReplayed => AuditActionBody::DeliveryReplayed,
                AuditAction::PointsCredited => AuditActionBody::PointsCredited,
                AuditAction::PointsDebited => AuditActionBody::PointsDebited,
                AuditAction::OperatorKeyAdded => AuditActionBody::OperatorKeyAdded,
                AuditAction::OperatorKeyDeleted => AuditActionBody::OperatorKeyDeleted,
            },
            before: entry.before.map(render),
            after: render(entry.after),
            at: entry.at,
        }
    }
}

fn render(facts: Facts) -> BTreeMap<String, FactBody> {
    facts.into_iter().map(|(name, fact)| (name, fact.into())).collect()
}

impl From<Fact> for FactBody {
    fn from(fact: Fact) -> Self {
        match fact {
            Fact::Text(text) => Self::Text(text),
            Fact::Number(number) => Self::Number(number),
            Fact::Points(points) => Self::Points(points.into()),
            Fact::Instant(instant) => Self::Instant(instant),
            Fact::Seats(seats) => Self::Seats(seats),
            Fact::None => Self::None,
        }
    }
}

//! What operators changed.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use seatline_domain::audit::{AuditAction, AuditEntry, Fact, Facts};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, json};
use crate::operation::{Access, Operation, Tag, Verb};
use crate::problem::{Code, Problem};
use crate::wire::PageBody;

pub(super) fn operation() -> Operation {
    Operation::new(Verb::Get, "/api/v1/admin/concerts/{concertId}/audit", "listAudit", Tag::Operators, list)
        .about("What operators changed of a concert", "Newest first.")
        .access(Access::Operator)
        .paged()
        .answers::<PageBody<AuditEntryBody>>(200, "One page of the changes.", &[])
        .errors(&[Code::ConcertNotFound, Code::Unavailable])
}

async fn list(call: Call) -> Result<HttpResponse, Problem> {
    call.operator().await?;
    let page = call.seatline().list_audit.execute(call.path_id()?, call.page()?).await?;
    Ok(json(&PageBody::render(page, AuditEntryBody::from)))
}

/// One operator's change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
#[serde(rename_all = "camelCase")]
struct AuditEntryBody {
    /// Which entry.
    entry_id: Uuid,
    /// Whose change it was: the fingerprint of the operators' key that was used, eight hexadecimal digits; zeros for
    /// Seatline itself.
    #[schema(pattern = "^[0-9a-f]{8}$", example = "5f0c9a3e")]
    operator: String,
    /// What was done.
    action: AuditActionBody,
    /// How the thing was before, by the names of this contract; null when it was not there.
    #[schema(required, value_type = Option<Object>, example = json!({"capacity": 500, "state": "OPEN"}))]
    before: Option<BTreeMap<String, FactBody>>,
    /// How it is after.
    #[schema(value_type = Object, example = json!({"capacity": 800, "state": "OPEN"}))]
    after: BTreeMap<String, FactBody>,
    /// When.
    at: DateTime<Utc>,
}

/// What an operator did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditAction)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum AuditActionBody {
    /// Added the concert.
    ConcertAdded,
    /// Added a performance.
    PerformanceAdded,
    /// Changed the waiting room.
    QueueChanged,
}

/// One value of a recorded thing.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum FactBody {
    Text(String),
    Number(u64),
    None,
}

impl From<AuditEntry> for AuditEntryBody {
    fn from(entry: AuditEntry) -> Self {
        Self {
            entry_id: entry.stamp.entry_id.uuid(),
            operator: entry.stamp.operator.to_string(),
            action: match entry.action {
                AuditAction::ConcertAdded => AuditActionBody::ConcertAdded,
                AuditAction::PerformanceAdded => AuditActionBody::PerformanceAdded,
                AuditAction::QueueChanged => AuditActionBody::QueueChanged,
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
            Fact::None => Self::None,
        }
    }
}

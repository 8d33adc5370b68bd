use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::audit::{AuditAction, AuditEntry, AuditStamp, Fact, Facts, OperatorId};
use seatline_domain::id::{AuditEntryId, ConcertId};
use seatline_domain::working_set::WorkingSet;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::CorruptRow;
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{row, statement};

row! {
    /// An audit entry.
    AuditRow as audit_columns {
        concert_id: Uuid => SqlUuid,
        sequence: i64 => BigInt,
        entry_id: Uuid => SqlUuid,
        operator: String => Text,
        action: String => Text,
        before: Option<Value> => Nullable<Jsonb>,
        after: Value => Jsonb,
        at: Timestamp => Timestamptz,
    }
}

statement! {
    /// Adds an audit entry.
    InsertAuditEntry {
        concert_id: Uuid => SqlUuid,
        entry_id: Uuid => SqlUuid,
        operator: String => Text,
        action: &'static str => Text,
        before: Option<Value> => Nullable<Jsonb>,
        after: Value => Jsonb,
        at: Timestamp => Timestamptz,
    };
    "INSERT INTO audit_entries (concert_id, entry_id, operator, action, before, after, at)
     VALUES (?, ?, ?, ?, ?, ?, ?)"
}

statement! {
    /// Reads one page of a concert's audit entries, newest first.
    FindAuditEntriesBefore {
        concert_id: Uuid => SqlUuid,
        before: i64 => BigInt,
        limit: i64 => BigInt,
    } -> AuditRow;
    "SELECT ", audit_columns!(), "
     FROM audit_entries WHERE concert_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?"
}

impl InsertAuditEntry {
    /// The statement that adds an entry.
    pub(crate) fn of(entry: &AuditEntry) -> Self {
        Self {
            concert_id: entry.concert_id.uuid(),
            entry_id: entry.stamp.entry_id.uuid(),
            operator: entry.stamp.operator.to_string(),
            action: action_column(entry.action),
            before: entry.before.as_ref().map(json),
            after: json(&entry.after),
            at: entry.at,
        }
    }
}

/// An entry and its place in the record.
pub(crate) fn audit_entry(row: AuditRow) -> Result<(i64, AuditEntry), CorruptRow> {
    let Some(operator) = OperatorId::parse(&row.operator) else {
        return Err(CorruptRow::new("operator", row.operator));
    };
    let action = match row.action.as_str() {
        "CONCERT_ADDED" => AuditAction::ConcertAdded,
        "PERFORMANCE_ADDED" => AuditAction::PerformanceAdded,
        "CONCERT_CHANGED" => AuditAction::ConcertChanged,
        "PERFORMANCE_CHANGED" => AuditAction::PerformanceChanged,
        "PERFORMANCE_CANCELLED" => AuditAction::PerformanceCancelled,
        "PAYMENT_REFUNDED" => AuditAction::PaymentRefunded,
        "SECTION_CHANGED" => AuditAction::SectionChanged,
        "SEATS_CHANGED" => AuditAction::SeatsChanged,
        "TICKET_CHECKED_IN" => AuditAction::TicketCheckedIn,
        "QUEUE_CHANGED" => AuditAction::QueueChanged,
        "WEBHOOK_ADDED" => AuditAction::WebhookAdded,
        "WEBHOOK_CHANGED" => AuditAction::WebhookChanged,
        "WEBHOOK_DELETED" => AuditAction::WebhookDeleted,
        "DELIVERY_REPLAYED" => AuditAction::DeliveryReplayed,
        _ => return Err(CorruptRow::new("audit action", row.action)),
    };
    let entry = AuditEntry {
        stamp: AuditStamp { entry_id: AuditEntryId::new(row.entry_id), operator },
        concert_id: ConcertId::new(row.concert_id),
        action,
        before: row.before.map(facts_of).transpose()?,
        after: facts_of(row.after)?,
        at: row.at,
    };
    Ok((row.sequence, entry))
}

const fn action_column(action: AuditAction) -> &'static str {
    match action {
        AuditAction::ConcertAdded => "CONCERT_ADDED",
        AuditAction::PerformanceAdded => "PERFORMANCE_ADDED",
        AuditAction::ConcertChanged => "CONCERT_CHANGED",
        AuditAction::PerformanceChanged => "PERFORMANCE_CHANGED",
        AuditAction::PerformanceCancelled => "PERFORMANCE_CANCELLED",
        AuditAction::PaymentRefunded => "PAYMENT_REFUNDED",
        AuditAction::SectionChanged => "SECTION_CHANGED",
        AuditAction::SeatsChanged => "SEATS_CHANGED",
        AuditAction::TicketCheckedIn => "TICKET_CHECKED_IN",
        AuditAction::QueueChanged => "QUEUE_CHANGED",
        AuditAction::WebhookAdded => "WEBHOOK_ADDED",
        AuditAction::WebhookChanged => "WEBHOOK_CHANGED",
        AuditAction::WebhookDeleted => "WEBHOOK_DELETED",
        AuditAction::DeliveryReplayed => "DELIVERY_REPLAYED",
    }
}

fn json(facts: &Facts) -> Value {
    let value = |fact: &Fact| match fact {
        Fact::Text(text) => Value::from(text.as_str()),
        Fact::Number(number) => Value::from(*number),
        Fact::None => Value::Null,
    };
    facts.iter().map(|(name, fact)| (name.clone(), value(fact))).collect::<Map<_, _>>().into()
}

fn facts_of(value: Value) -> Result<Facts, CorruptRow> {
    let Value::Object(object) = value else { return Err(CorruptRow::new("audit entry", value)) };
    object
        .into_iter()
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name, Fact::Text(text))),
            Value::Null => Ok((name, Fact::None)),
            Value::Number(number) => {
                let number = number.as_u64().ok_or_else(|| CorruptRow::new("audit entry", number))?;
                Ok((name, Fact::Number(number)))
            }
            other => Err(CorruptRow::new("audit entry", other)),
        })
        .collect()
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    for entry in &set.audit {
        lease.execute(InsertAuditEntry::of(entry)).await?;
    }
    Ok(())
}

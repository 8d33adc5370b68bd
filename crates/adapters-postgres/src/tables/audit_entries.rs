use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
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
        "POINTS_CREDITED" => AuditAction::PointsCredited,
        "POINTS_DEBITED" => AuditAction::PointsDebited,
        "OPERATOR_KEY_ADDED" => AuditAction::OperatorKeyAdded,
        "OPERATOR_KEY_DELETED" => AuditAction::OperatorKeyDeleted,
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
        AuditAction::PointsCredited => "POINTS_CREDITED",
        AuditAction::PointsDebited => "POINTS_DEBITED",
        AuditAction::OperatorKeyAdded => "OPERATOR_KEY_ADDED",
        AuditAction::OperatorKeyDeleted => "OPERATOR_KEY_DELETED",
    }
}

/// A thing as it is stored. Points, instants and seats are texts there, which keeps points exact and is what versions before
/// this one read; their names tell them from others.
fn json(facts: &Facts) -> Value {
    let value = |fact: &Fact| match fact {
        Fact::Text(text) => Value::from(text.as_str()),
        Fact::Number(number) => Value::from(*number),
        Fact::Points(points) => Value::from(points.to_string()),
        Fact::Instant(instant) => Value::from(instant.to_rfc3339()),
        Fact::Seats(seats) => seats.iter().map(u32::to_string).collect::<Vec<_>>().join(",").into(),
        Fact::None => Value::Null,
    };
    facts.iter().map(|(name, fact)| (name.clone(), value(fact))).collect::<Map<_, _>>().into()
}

fn facts_of(value: Value) -> Result<Facts, CorruptRow> {
    let Value::Object(object) = value else { return Err(CorruptRow::new("audit entry", value)) };
    object
        .into_iter()
        .map(|(name, value)| {
            let fact = match value {
                Value::String(text) => told(&name, text)?,
                Value::Null => Fact::None,
                Value::Number(number) => {
                    Fact::Number(number.as_u64().ok_or_else(|| CorruptRow::new("audit entry", number))?)
                }
                other => return Err(CorruptRow::new("audit entry", other)),
            };
            Ok((name, fact))
        })
        .collect()
}

/// What a stored text is, by its name.
fn told(name: &str, text: String) -> Result<Fact, CorruptRow> {
    let fact = match name {
        "price" | "amount" | "refundedAmount" | "balance" => {
            Decimal::from_str_exact(&text).ok().map(Fact::Points)
        }
        "startsAt"
        | "salesOpenAt"
        | "salesCloseAt"
        | "refundableUntil"
        | "secretReplacedUntil"
        | "nextAttemptAt"
        | "deletedAt" => text.parse().ok().map(Fact::Instant),
        "seats" => text.split(',').map(|seat| seat.parse().ok()).collect::<Option<_>>().map(Fact::Seats),
        _ => return Ok(Fact::Text(text)),
    };
    fact.ok_or_else(|| CorruptRow::new("audit entry", format!("{name} {text}")))
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    for entry in &set.audit {
        lease.execute(InsertAuditEntry::of(entry)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn entries_are_stored_as_they_always_were() {
        let stored = json!({
            "price": "40.5", "amount": "-7", "seats": "1,2", "salesOpenAt": null, "totalSeats": 50,
            "startsAt": "2026-12-24T10:00:00+00:00", "title": "2026-12-24T10:00:00+00:00", "reason": "50",
        });
        let facts = facts_of(stored.clone()).unwrap();
        let starts_at: Timestamp = "2026-12-24T10:00:00Z".parse().unwrap();
        assert_eq!(facts.get("price"), Some(&Fact::Points(Decimal::new(405, 1))));
        assert_eq!(facts.get("amount"), Some(&Fact::Points(Decimal::from(-7))));
        assert_eq!(facts.get("seats"), Some(&Fact::Seats(vec![1, 2])));
        assert_eq!(facts.get("startsAt"), Some(&starts_at.into()));
        assert_eq!(facts.get("title"), Some(&"2026-12-24T10:00:00+00:00".into()));
        assert_eq!(facts.get("reason"), Some(&"50".into()));
        assert_eq!(json(&facts), stored);
        assert!(facts_of(json!({"price": "cheap"})).is_err());
    }
}

//! The OpenAPI document is whole. That it names every operation and field of the contract is tested from outside.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::openapi_json;
use crate::problem::Code;

const ENUMS: &[(&str, &str)] = &[
    ("QueueState", "OPEN PAUSED"),
    ("TokenState", "WAITING ACTIVE COMPLETED EXPIRED LEFT ENDED"),
    ("EventName", "position active ended"),
    ("SeatEventName", "seats changes ended"),
    ("SeatState", "AVAILABLE HELD SOLD BLOCKED"),
    ("ReservationState", "HELD PAID EXPIRED CANCELLED REFUNDED"),
    ("LedgerEntryKind", "CHARGE PAYMENT REFUND CREDIT DEBIT"),
    ("PaymentState", "COMPLETED PARTIALLY_REFUNDED REFUNDED"),
    (
        "AuditAction",
        "CONCERT_ADDED PERFORMANCE_ADDED CONCERT_CHANGED PERFORMANCE_CHANGED PERFORMANCE_CANCELLED PAYMENT_REFUNDED SECTION_CHANGED SEATS_CHANGED QUEUE_CHANGED TICKET_CHECKED_IN WEBHOOK_ADDED WEBHOOK_CHANGED WEBHOOK_DELETED DELIVERY_REPLAYED POINTS_CREDITED POINTS_DEBITED OPERATOR_KEY_ADDED OPERATOR_KEY_DELETED",
    ),
    ("PerformanceState", "SCHEDULED CANCELLED"),
    ("RefundedBy", "USER OPERATOR CANCELLATION"),
    ("TicketState", "VALID USED VOID"),
    ("DeliveryState", "PENDING DELIVERED FAILED"),
    (
        "EventType",
        "reservation.held reservation.expired reservation.cancelled payment.completed payment.refunded charge.completed performance.changed performance.cancelled ticket.checked_in",
    ),
];

fn document() -> Value {
    serde_json::from_str(&openapi_json().unwrap()).unwrap()
}

fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn strings(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// The target of a reference, or the thing itself.
fn resolve<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let target =
        value["$ref"].as_str().map(|reference| document.pointer(reference.trim_start_matches('#')).unwrap());
    target.unwrap_or(value)
}

/// Each operation of the document with its method and path.
fn documented(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(|(method, operation)| (method.clone(), path.clone(), operation.clone()))
    });
    operations.collect()
}

#[test]
fn every_field_and_value_is_described() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
            assert!(schema.to_string().contains("\"description\""), "{name}.{field} is not described");
        }
    }
    for (name, values) in ENUMS {
        let schema = &schemas[*name];
        let listed = if schema["enum"].is_array() {
            strings(&schema["enum"])
        } else {
            schema["oneOf"].as_array().unwrap().iter().flat_map(|one| strings(&one["enum"])).collect()
        };
        assert_eq!(listed, words(values), "{name}");
    }
}

#[test]
fn it_names_every_code() {
    let document = document();
    let codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    assert_eq!(strings(&document["components"]["schemas"]["ErrorCode"]["enum"]), codes);
    let mut told: BTreeSet<String> = BTreeSet::new();
    for (_, _, operation) in documented(&document) {
        for response in operation["responses"].as_object().unwrap().values() {
            let schema = &response["content"]["application/problem+json"]["schema"];
            told.extend(strings(&schema["allOf"][1]["properties"]["code"]["enum"]));
        }
    }
    let never: BTreeSet<_> = codes.difference(&told).map(String::as_str).collect();
    assert_eq!(
        never,
        BTreeSet::from([
            "headers_too_large",
            "idempotency_in_flight",
            "method_not_allowed",
            "not_found",
            "request_timeout"
        ]),
        "codes that no operation lists"
    );
    assert!(
        strings(&document["components"]["schemas"]["Problem"]["allOf"][1]["required"]).contains("requestId")
    );
}

#[test]
fn every_operation_is_described_whole() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (method, path, operation) in documented(&document) {
        let place = format!("{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{place}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{place}");
        assert_eq!(operation["tags"].as_array().unwrap().len(), 1, "{place}");
        let parameters = operation["parameters"].as_array().unwrap().iter();
        let parameters: Vec<_> = parameters.map(|parameter| resolve(&document, parameter)).collect();
        for parameter in &parameters {
            assert!(!parameter["description"].as_str().unwrap().is_empty(), "{place}");
            assert!(parameter["schema"].is_object(), "{place}");
        }
        let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path").count();
        assert_eq!(in_path, path.matches('{').count(), "{place}");
        assert_eq!(
            operation["requestBody"].is_object(),
            matches!(method.as_str(), "post" | "patch")
                && !["tokens", "secret", "replay"].iter().any(|end| path.ends_with(end)),
            "{place}"
        );
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(!response["description"].as_str().unwrap().is_empty(), "{place} {status}");
            assert!(response["headers"]["X-Request-Id"].is_object(), "{place} {status}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let (document, mut found) = (document(), BTreeSet::new());
    references(&document, &mut found);
    for reference in found {
        let target = document.pointer(reference.trim_start_matches('#'));
        assert!(target.is_some_and(Value::is_object), "{reference}");
    }
}

#[test]
fn the_published_document_is_current() {
    crate::published_file::assert_current("openapi.json", &format!("{}\n", openapi_json().unwrap()));
}

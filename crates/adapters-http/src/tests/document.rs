//! The OpenAPI document names everything that the contract promises, and nothing else is served.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::openapi_json;
use crate::problem::Code;
use crate::routes::endpoints;

const CONTRACT: &[(&str, &str)] = &[
    ("post", "/api/v1/users"),
    ("get", "/api/v1/users/me"),
    ("get", "/api/v1/concerts"),
    ("get", "/api/v1/concerts/{concertId}"),
    ("get", "/api/v1/concerts/{concertId}/dates"),
    ("get", "/api/v1/concerts/{concertId}/performances"),
    ("get", "/api/v1/concerts/{concertId}/queue"),
    ("post", "/api/v1/concerts/{concertId}/queue/tokens"),
    ("get", "/api/v1/queue/token"),
    ("get", "/api/v1/queue/token/events"),
    ("delete", "/api/v1/queue/token"),
    ("get", "/api/v1/performances/{performanceId}/seats"),
    ("get", "/api/v1/concerts/{concertId}/dates/{date}/seats"),
    ("post", "/api/v1/reservations"),
    ("get", "/api/v1/reservations"),
    ("get", "/api/v1/reservations/{reservationId}"),
    ("delete", "/api/v1/reservations/{reservationId}"),
    ("get", "/api/v1/points"),
    ("post", "/api/v1/points/charges"),
    ("get", "/api/v1/points/entries"),
    ("post", "/api/v1/payments"),
    ("get", "/api/v1/payments"),
    ("get", "/api/v1/payments/{paymentId}"),
    ("post", "/api/v1/admin/concerts"),
    ("post", "/api/v1/admin/concerts/{concertId}/performances"),
    ("patch", "/api/v1/admin/concerts/{concertId}/queue"),
    ("get", "/api/v1/admin/concerts/{concertId}/sales"),
    ("get", "/api/v1/admin/concerts/{concertId}/audit"),
    ("get", "/health/live"),
    ("get", "/health/ready"),
    ("get", "/metrics"),
    ("get", "/docs"),
    ("get", "/docs/errors"),
    ("get", "/api/openapi.json"),
];

const FIELDS: &[(&str, &str)] = &[
    ("RegisterUser", "name"),
    ("RegisteredUser", "userId name accessToken"),
    ("Profile", "userId name balance seats"),
    ("OwnedSeat", "reservationId concertId title performanceId startsAt seatNumber section paidAt"),
    ("Concert", "concertId title venue timezone maxSeatsPerUser"),
    ("BookableDates", "concertId dates"),
    (
        "Performance",
        "performanceId concertId date startsAt salesOpenAt totalSeats availableSeats priceFrom priceTo",
    ),
    ("Queue", "concertId state nowServing lastNumber waiting active capacity admitPerMinute"),
    (
        "QueueToken",
        "token userId concertId number state position ahead etaSeconds pollAfterMs issuedAt expiresAt",
    ),
    ("QueueEvent", "event id retry data"),
    ("SeatMap", "performanceId concertId date startsAt totalSeats availableSeats seats"),
    ("Seat", "number section price state mine"),
    ("SeatsOfDate", "concertId date performances"),
    ("HoldSeats", "performanceId concertId date seatNumbers"),
    ("Reservation", "reservationId concertId performanceId seats amount state heldAt expiresAt paymentId"),
    ("ReservedSeat", "number section price"),
    ("Balance", "userId balance"),
    ("ChargePoints", "amount"),
    ("Charge", "entryId userId amount balance createdAt"),
    ("LedgerEntry", "entryId kind amount balanceAfter referenceId createdAt"),
    ("PayReservation", "reservationId"),
    ("Payment", "paymentId reservationId userId amount balance state paidAt seats"),
    ("NewConcert", "title venue timezone maxSeatsPerUser queue"),
    ("NewQueue", "capacity admitPerMinute passTtlSeconds showUpWithinSeconds"),
    ("NewPerformance", "startsAt salesOpenAt sections price"),
    ("NewSection", "name firstSeat lastSeat price"),
    ("QueueChange", "capacity admitPerMinute state"),
    ("Sales", "concertId queue performances"),
    ("PerformanceSales", "performanceId startsAt available held sold blocked revenue"),
    ("AuditEntry", "entryId operator action before after at"),
];

/// What requests carry, and which of it may be missing.
const OPTIONAL: &[(&str, &str)] = &[
    ("RegisterUser", "name"),
    ("HoldSeats", "performanceId concertId date"),
    ("ChargePoints", ""),
    ("PayReservation", ""),
    ("NewConcert", "timezone maxSeatsPerUser queue"),
    ("NewQueue", "capacity admitPerMinute passTtlSeconds showUpWithinSeconds"),
    ("NewPerformance", "salesOpenAt sections price"),
    ("NewSection", ""),
    ("QueueChange", "capacity admitPerMinute state"),
];

const ENUMS: &[(&str, &str)] = &[
    ("QueueState", "OPEN PAUSED"),
    ("TokenState", "WAITING ACTIVE COMPLETED EXPIRED LEFT"),
    ("EventName", "position active ended"),
    ("SeatState", "AVAILABLE HELD SOLD BLOCKED"),
    ("ReservationState", "HELD PAID EXPIRED CANCELLED REFUNDED"),
    ("LedgerEntryKind", "CHARGE PAYMENT REFUND"),
    ("PaymentState", "COMPLETED REFUNDED"),
    ("AuditAction", "CONCERT_ADDED PERFORMANCE_ADDED QUEUE_CHANGED"),
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

/// What a reference leads to, or the thing itself.
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
fn it_describes_the_operations_of_the_contract_and_they_are_the_routes() {
    let contract: BTreeSet<_> =
        CONTRACT.iter().map(|(method, path)| (method.to_string(), path.to_string())).collect();
    let documented: BTreeSet<_> =
        documented(&document()).into_iter().map(|(method, path, _)| (method, path)).collect();
    let served: BTreeSet<_> = endpoints()
        .into_iter()
        .map(|endpoint| (endpoint.methods()[0].as_str().to_lowercase(), endpoint.path))
        .collect();
    assert_eq!(documented, contract);
    assert_eq!(served, contract);
}

#[test]
fn it_names_every_field_and_value_of_the_contract() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let properties = |name: &str| -> BTreeSet<String> {
        let properties = schemas[name]["properties"].as_object();
        properties.unwrap_or_else(|| panic!("{name} is missing")).keys().cloned().collect()
    };
    for (name, fields) in FIELDS {
        assert_eq!(properties(name), words(fields), "{name}");
        let optional =
            OPTIONAL.iter().find(|(optional, _)| optional == name).map_or("", |(_, fields)| fields);
        let required = words(fields).difference(&words(optional)).cloned().collect();
        assert_eq!(strings(&schemas[*name]["required"]), required, "required of {name}");
        for (field, schema) in schemas[*name]["properties"].as_object().unwrap() {
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
    let text = document.to_string();
    for field in ["nextCursor", "items"] {
        assert!(text.contains(&format!("\"{field}\"")), "{field}");
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
        BTreeSet::from(["idempotency_in_flight", "method_not_allowed", "not_found"]),
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
            matches!(method.as_str(), "post" | "patch") && !path.ends_with("tokens")
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

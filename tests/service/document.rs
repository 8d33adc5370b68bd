//! The OpenAPI document names everything that the contract promises.

use std::collections::BTreeSet;

use seatline_tests::{Cluster, Kind, contract};
use serde_json::Value;

use crate::authorisation::operations_of;
use crate::errors::CATALOGUE;

/// The operations of the contract.
const OPERATIONS: &[(&str, &str)] = &[
    ("POST", "/api/v1/users"),
    ("GET", "/api/v1/users/me"),
    ("GET", "/api/v1/concerts"),
    ("GET", "/api/v1/concerts/{concertId}"),
    ("GET", "/api/v1/concerts/{concertId}/dates"),
    ("GET", "/api/v1/concerts/{concertId}/performances"),
    ("GET", "/api/v1/performances/{performanceId}"),
    ("PATCH", "/api/v1/admin/concerts/{concertId}"),
    ("GET", "/api/v1/performances/{performanceId}/layout"),
    ("PATCH", "/api/v1/admin/performances/{performanceId}"),
    ("PATCH", "/api/v1/admin/performances/{performanceId}/sections/{name}"),
    ("PATCH", "/api/v1/admin/performances/{performanceId}/seats"),
    ("GET", "/api/v1/concerts/{concertId}/queue"),
    ("GET", "/api/v1/concerts/{concertId}/board"),
    ("POST", "/api/v1/concerts/{concertId}/queue/tokens"),
    ("GET", "/api/v1/queue/token"),
    ("GET", "/api/v1/queue/token/events"),
    ("DELETE", "/api/v1/queue/token"),
    ("GET", "/api/v1/performances/{performanceId}/seats"),
    ("GET", "/api/v1/performances/{performanceId}/seats/events"),
    ("GET", "/api/v1/concerts/{concertId}/dates/{date}/seats"),
    ("POST", "/api/v1/reservations"),
    ("GET", "/api/v1/reservations"),
    ("GET", "/api/v1/reservations/{reservationId}"),
    ("DELETE", "/api/v1/reservations/{reservationId}"),
    ("GET", "/api/v1/points"),
    ("POST", "/api/v1/points/charges"),
    ("GET", "/api/v1/points/charges/{chargeId}"),
    ("POST", "/api/v1/points/charges/{chargeId}/confirmation"),
    ("POST", "/webhooks/stripe"),
    ("POST", "/webhooks/toss"),
    ("GET", "/api/v1/points/entries"),
    ("POST", "/api/v1/payments"),
    ("GET", "/api/v1/payments"),
    ("GET", "/api/v1/payments/{paymentId}"),
    ("POST", "/api/v1/payments/{paymentId}/refunds"),
    ("POST", "/api/v1/admin/users/{userId}/payments/{paymentId}/refunds"),
    ("POST", "/api/v1/admin/users/{userId}/points"),
    ("POST", "/api/v1/admin/performances/{performanceId}/cancellation"),
    ("GET", "/api/v1/admin/performances/{performanceId}/cancellation"),
    ("GET", "/api/v1/tickets"),
    ("GET", "/api/v1/tickets/{ticketId}"),
    ("GET", "/api/v1/tickets/{ticketId}/qr.svg"),
    ("GET", "/api/v1/tickets/{ticketId}/calendar.ics"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/api/v1/admin/performances/{performanceId}/tickets"),
    ("POST", "/api/v1/admin/performances/{performanceId}/check-ins"),
    ("POST", "/api/v1/admin/concerts"),
    ("POST", "/api/v1/admin/concerts/{concertId}/performances"),
    ("PATCH", "/api/v1/admin/concerts/{concertId}/queue"),
    ("GET", "/api/v1/admin/concerts/{concertId}/sales"),
    ("GET", "/api/v1/admin/concerts/{concertId}/audit"),
    ("POST", "/api/v1/admin/keys"),
    ("GET", "/api/v1/admin/keys"),
    ("DELETE", "/api/v1/admin/keys/{keyId}"),
    ("POST", "/api/v1/admin/webhooks"),
    ("GET", "/api/v1/admin/webhooks"),
    ("GET", "/api/v1/admin/webhooks/{webhookId}"),
    ("PATCH", "/api/v1/admin/webhooks/{webhookId}"),
    ("DELETE", "/api/v1/admin/webhooks/{webhookId}"),
    ("POST", "/api/v1/admin/webhooks/{webhookId}/secret"),
    ("GET", "/api/v1/admin/webhooks/{webhookId}/deliveries"),
    ("POST", "/api/v1/admin/webhooks/{webhookId}/deliveries/{deliveryId}/replay"),
    ("GET", "/api/v1/admin/events"),
    ("GET", "/api/v1/admin/users/{userId}"),
    ("GET", "/api/v1/admin/users/{userId}/payments"),
    ("GET", "/api/v1/admin/users/{userId}/reservations"),
    ("GET", "/api/v1/admin/users/{userId}/points/entries"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/metrics"),
    ("GET", "/docs"),
    ("GET", "/api/openapi.json"),
];

/// What is answered with, by the names of the document.
const ANSWERS: &[(&str, Kind)] = &[
    ("RegisteredUser", contract::REGISTERED),
    ("Profile", contract::PROFILE),
    ("OwnedSeat", contract::OWNED_SEAT),
    ("Concert", contract::CONCERT),
    ("BookableDates", contract::DATES),
    ("Performance", contract::PERFORMANCE),
    ("Layout", contract::LAYOUT),
    ("LayoutSection", contract::LAYOUT_SECTION),
    ("LayoutRow", contract::LAYOUT_ROW),
    ("SeatCounts", contract::SEAT_COUNTS),
    ("Queue", contract::QUEUE),
    ("QueueToken", contract::TOKEN),
    ("SeatMap", contract::SEAT_MAP),
    ("Seat", contract::SEAT),
    ("SeatsOfDate", contract::SEATS_OF_DATE),
    ("Reservation", contract::RESERVATION),
    ("ReservedSeat", contract::RESERVED_SEAT),
    ("Balance", contract::BALANCE),
    ("Charge", contract::CHARGE),
    ("Checkout", contract::CHECKOUT),
    ("ProviderCharge", contract::PROVIDER_CHARGE),
    ("LedgerEntry", contract::ENTRY),
    ("Payment", contract::PAYMENT),
    ("Cancellation", contract::CANCELLATION),
    ("RefundProgress", contract::REFUND_PROGRESS),
    ("Ticket", contract::TICKET),
    ("TicketKeys", contract::TICKET_KEYS),
    ("TicketKey", contract::TICKET_KEY),
    ("CheckIn", contract::CHECK_IN),
    ("ListedTicket", contract::LISTED_TICKET),
    ("Sales", contract::SALES),
    ("PerformanceSales", contract::PERFORMANCE_SALES),
    ("AuditEntry", contract::AUDIT_ENTRY),
    ("OperatorKey", contract::OPERATOR_KEY),
    ("CreatedOperatorKey", contract::CREATED_KEY),
    ("Webhook", contract::WEBHOOK),
    ("CreatedWebhook", contract::CREATED_WEBHOOK),
    ("Delivery", contract::DELIVERY),
    ("DeliveryAttempt", contract::DELIVERY_ATTEMPT),
    ("EventPage", contract::EVENTS),
    ("Event", contract::EVENT),
    ("User", contract::SUPPORTED_USER),
];

/// What is asked with: the fields, and those that must be there.
const REQUESTS: &[(&str, &[&str], &[&str])] = &[
    ("RegisterUser", &["name"], &[]),
    ("ChargePoints", &["amount"], &["amount"]),
    ("ConfirmCharge", &["paymentKey"], &["paymentKey"]),
    (
        "HoldSeats",
        &["performanceId", "concertId", "date", "seatNumbers", "count", "section", "together"],
        &[],
    ),
    ("PayReservation", &["reservationId"], &["reservationId"]),
    ("RefundPayment", &["seatNumbers"], &[]),
    ("RefundForUser", &["seatNumbers", "reason"], &["reason"]),
    ("CreditPoints", &["amount", "reason"], &["amount", "reason"]),
    ("CancelPerformance", &["reason"], &["reason"]),
    ("NewConcert", &["title", "venue", "timezone", "maxSeatsPerUser", "queue"], &["title", "venue"]),
    ("NewWebhook", &["url", "events"], &["url", "events"]),
    ("WebhookChange", &["enabled", "events", "url"], &[]),
    ("NewQueue", &["capacity", "admitPerMinute", "passTtlSeconds", "showUpWithinSeconds"], &[]),
    (
        "NewPerformance",
        &[
            "startsAt",
            "salesOpenAt",
            "salesCloseAt",
            "refundableUntil",
            "sections",
            "price",
            "accessibleSeats",
            "allowPast",
        ],
        &["startsAt"],
    ),
    ("NewSection", &["name", "firstSeat", "lastSeat", "rows", "price"], &["name", "price"]),
    (
        "NewRow",
        &["label", "firstSeat", "lastSeat", "x", "y", "dx", "dy"],
        &["label", "firstSeat", "lastSeat"],
    ),
    ("SectionChange", &["price"], &["price"]),
    ("SeatsChange", &["block", "unblock"], &[]),
    ("SeatRange", &["firstSeat", "lastSeat"], &["firstSeat", "lastSeat"]),
    ("ConcertChange", &["title", "venue", "maxSeatsPerUser"], &[]),
    ("PerformanceChange", &["startsAt", "salesOpenAt", "salesCloseAt", "refundableUntil"], &[]),
    ("NewCheckIn", &["code", "gate"], &["code"]),
    ("QueueChange", &["capacity", "admitPerMinute", "state"], &[]),
    ("NewOperatorKey", &["name", "role"], &["name", "role"]),
];

fn names<'v>(values: impl IntoIterator<Item = &'v str>) -> BTreeSet<String> {
    values.into_iter().map(str::to_owned).collect()
}

fn properties(schema: &Value) -> BTreeSet<String> {
    names(schema["properties"].as_object().unwrap().keys().map(String::as_str))
}

fn required(schema: &Value) -> BTreeSet<String> {
    names(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_names_every_operation_field_and_code() {
    let cluster = Cluster::start().await;
    let document = cluster.document().await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let served = operations_of(&document);
    for (method, path) in OPERATIONS {
        assert!(served.contains(&((*method).to_owned(), (*path).to_owned())), "{method} {path} is missing");
    }
    let schemas = &document["components"]["schemas"];
    for (name, kind) in ANSWERS {
        let Kind::Object(fields) = kind else { panic!("{name} is no object") };
        let expected = names(fields.iter().map(|(field, _)| *field));
        assert_eq!(properties(&schemas[name]), expected, "{name}");
        assert_eq!(required(&schemas[name]), expected, "{name} has all its fields, always");
    }
    // The balance is for its owner only.
    let seatline_tests::Kind::Object(refund) = contract::REFUND else { panic!("a refund is no object") };
    let (all, always): (BTreeSet<_>, BTreeSet<_>) = refund
        .iter()
        .map(|(field, _)| (field.to_string(), (*field != "balance").then(|| field.to_string())))
        .unzip();
    assert_eq!(properties(&schemas["Refund"]), all);
    assert_eq!(required(&schemas["Refund"]), always.into_iter().flatten().collect());
    for (name, fields, needed) in REQUESTS {
        assert_eq!(properties(&schemas[name]), names(fields.iter().copied()), "{name}");
        assert_eq!(required(&schemas[name]), names(needed.iter().copied()), "{name}");
    }
    let codes = schemas["ErrorCode"]["enum"].as_array().unwrap().iter().filter_map(Value::as_str);
    let listed = CATALOGUE.iter().flat_map(|(_, codes)| codes.iter().copied());
    assert_eq!(names(codes), names(listed));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_published_document_is_the_served_one() {
    let cluster = Cluster::start().await;
    let published = include_str!("../../docs/api/openapi.json");
    let served = cluster.client().get("/api/openapi.json").send().await.text();
    // The file ends with a line break, as files do.
    let same = served.trim_end() == published.trim_end();
    assert!(same, "docs/api/openapi.json is not what is served; its own test says how to write it");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn swagger_ui_loads_with_everything_that_it_needs() {
    let cluster = Cluster::start().await;
    let client = cluster.client();
    let page = client.get("/docs").send().await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    let page = page.text();
    let needed: Vec<&str> = ["src=\"", "href=\""]
        .into_iter()
        .flat_map(|attribute| page.split(attribute).skip(1))
        .filter_map(|rest| rest.split_once('"').map(|(file, _)| file))
        .filter(|file| *file != "/docs/")
        .collect();
    for file in ["swagger-ui-bundle.js", "swagger-ui.css"] {
        assert!(needed.iter().any(|needed| needed.trim_start_matches("./") == file), "{file} is not loaded");
    }
    for file in needed {
        assert!(!file.contains("//"), "{file} is loaded from elsewhere");
        let file = file.trim_start_matches("./");
        assert_eq!(client.get(&format!("/docs/{file}")).send().await.status, 200, "{file}");
    }
    let start = client.get("/docs/swagger-initializer.js").send().await.text();
    assert!(start.contains("/api/openapi.json"), "{start}");
    cluster.end().await;
}

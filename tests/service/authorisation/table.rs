use seatline_tests::{Client, Request};
use serde_json::{Value, json};

use super::user_with_hold::UserWithHold;

/// The callers that an operation serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Anybody.
    Public,
    /// A user.
    User,
    /// A user with a place in line, whatever has become of it.
    InLine,
    /// A user whose turn it is.
    InTurn,
    /// The owner, an operator or a gate.
    Gate,
    /// The owner, an operator or a support desk.
    Support,
    /// The owner or an operator.
    Operator,
    /// The owner alone.
    Owner,
}

impl Access {
    /// Roles of the keys that the owner makes.
    pub(super) const ROLES: [&str; 3] = ["OPERATOR", "SUPPORT", "GATE"];

    /// The roles that it serves beside the owner; `None` where it takes no operators' key.
    pub(super) fn roles(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Public | Self::User | Self::InLine | Self::InTurn => None,
            Self::Gate => Some(&["OPERATOR", "GATE"]),
            Self::Support => Some(&["OPERATOR", "SUPPORT"]),
            Self::Operator => Some(&["OPERATOR"]),
            Self::Owner => Some(&[]),
        }
    }
}

/// An operation, whom it serves, and the status when it serves somebody who holds a seat and has points.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) access: Access,
    pub(super) success: u16,
}

const fn operation(method: &'static str, path: &'static str, access: Access, success: u16) -> Operation {
    Operation { method, path, access, success }
}

/// All of them.
pub(super) const OPERATIONS: &[Operation] = &[
    operation("POST", "/api/v1/users", Access::Public, 201),
    operation("GET", "/api/v1/users/me", Access::User, 200),
    operation("GET", "/api/v1/concerts", Access::Public, 200),
    operation("GET", "/api/v1/concerts/{concertId}", Access::Public, 200),
    operation("GET", "/api/v1/concerts/{concertId}/dates", Access::Public, 200),
    operation("GET", "/api/v1/concerts/{concertId}/performances", Access::Public, 200),
    operation("GET", "/api/v1/performances/{performanceId}", Access::Public, 200),
    operation("GET", "/api/v1/performances/{performanceId}/layout", Access::Public, 200),
    operation("GET", "/api/v1/concerts/{concertId}/queue", Access::Public, 200),
    operation("GET", "/api/v1/concerts/{concertId}/board", Access::Public, 200),
    operation("POST", "/api/v1/concerts/{concertId}/queue/tokens", Access::User, 200),
    operation("GET", "/api/v1/queue/token", Access::InLine, 200),
    operation("GET", "/api/v1/queue/token/events", Access::InLine, 200),
    operation("DELETE", "/api/v1/queue/token", Access::InLine, 204),
    operation("GET", "/api/v1/performances/{performanceId}/seats", Access::InTurn, 200),
    operation("GET", "/api/v1/performances/{performanceId}/seats/events", Access::InTurn, 200),
    operation("GET", "/api/v1/concerts/{concertId}/dates/{date}/seats", Access::InTurn, 200),
    operation("POST", "/api/v1/reservations", Access::InTurn, 200),
    operation("GET", "/api/v1/reservations", Access::User, 200),
    operation("GET", "/api/v1/reservations/{reservationId}", Access::User, 200),
    operation("DELETE", "/api/v1/reservations/{reservationId}", Access::User, 204),
    operation("GET", "/api/v1/points", Access::User, 200),
    operation("POST", "/api/v1/points/charges", Access::User, 201),
    // Points are play money there: no provider was ever asked for them.
    operation("GET", "/api/v1/points/charges/{chargeId}", Access::User, 404),
    operation("POST", "/api/v1/points/charges/{chargeId}/confirmation", Access::User, 404),
    operation("POST", "/webhooks/stripe", Access::Public, 404),
    operation("POST", "/webhooks/toss", Access::Public, 404),
    operation("GET", "/api/v1/points/entries", Access::User, 200),
    operation("POST", "/api/v1/payments", Access::InTurn, 201),
    operation("GET", "/api/v1/payments", Access::User, 200),
    // Nobody has paid anything.
    operation("GET", "/api/v1/payments/{paymentId}", Access::User, 404),
    operation("POST", "/api/v1/payments/{paymentId}/refunds", Access::User, 404),
    operation("POST", "/api/v1/admin/users/{userId}/payments/{paymentId}/refunds", Access::Support, 404),
    operation("POST", "/api/v1/admin/users/{userId}/points", Access::Support, 201),
    operation("GET", "/api/v1/tickets", Access::User, 200),
    operation("GET", "/api/v1/tickets/{ticketId}", Access::User, 404),
    operation("GET", "/api/v1/tickets/{ticketId}/qr.svg", Access::User, 404),
    operation("GET", "/api/v1/tickets/{ticketId}/calendar.ics", Access::User, 404),
    operation("GET", "/.well-known/jwks.json", Access::Public, 200),
    operation("GET", "/api/v1/admin/performances/{performanceId}/tickets", Access::Operator, 200),
    // It is no code.
    operation("POST", "/api/v1/admin/performances/{performanceId}/check-ins", Access::Gate, 422),
    operation("POST", "/api/v1/admin/concerts", Access::Operator, 201),
    operation("POST", "/api/v1/admin/concerts/{concertId}/performances", Access::Operator, 201),
    operation("PATCH", "/api/v1/admin/concerts/{concertId}", Access::Operator, 200),
    operation("PATCH", "/api/v1/admin/performances/{performanceId}", Access::Operator, 200),
    operation("PATCH", "/api/v1/admin/performances/{performanceId}/sections/{name}", Access::Operator, 200),
    operation("PATCH", "/api/v1/admin/performances/{performanceId}/seats", Access::Operator, 200),
    operation("PATCH", "/api/v1/admin/concerts/{concertId}/queue", Access::Operator, 200),
    operation("GET", "/api/v1/admin/concerts/{concertId}/sales", Access::Operator, 200),
    operation("GET", "/api/v1/admin/concerts/{concertId}/audit", Access::Operator, 200),
    operation("POST", "/api/v1/admin/keys", Access::Owner, 201),
    operation("GET", "/api/v1/admin/keys", Access::Owner, 200),
    // The key of somebody who was never given one.
    operation("DELETE", "/api/v1/admin/keys/{keyId}", Access::Owner, 404),
    operation("POST", "/api/v1/admin/webhooks", Access::Owner, 201),
    operation("GET", "/api/v1/admin/webhooks", Access::Owner, 200),
    // Webhooks that were never made.
    operation("GET", "/api/v1/admin/webhooks/{webhookId}", Access::Owner, 404),
    operation("PATCH", "/api/v1/admin/webhooks/{webhookId}", Access::Owner, 404),
    operation("DELETE", "/api/v1/admin/webhooks/{webhookId}", Access::Owner, 404),
    operation("POST", "/api/v1/admin/webhooks/{webhookId}/secret", Access::Owner, 404),
    operation("GET", "/api/v1/admin/webhooks/{webhookId}/deliveries", Access::Owner, 404),
    operation(
        "POST",
        "/api/v1/admin/webhooks/{webhookId}/deliveries/{deliveryId}/replay",
        Access::Owner,
        404,
    ),
    operation("GET", "/api/v1/admin/events", Access::Operator, 200),
    operation("GET", "/api/v1/admin/users/{userId}", Access::Support, 200),
    operation("GET", "/api/v1/admin/users/{userId}/payments", Access::Support, 200),
    operation("GET", "/api/v1/admin/users/{userId}/reservations", Access::Support, 200),
    operation("GET", "/api/v1/admin/users/{userId}/points/entries", Access::Support, 200),
    operation("GET", "/health/live", Access::Public, 200),
    operation("GET", "/health/ready", Access::Public, 200),
    operation("GET", "/metrics", Access::Operator, 200),
    operation("GET", "/docs", Access::Public, 200),
    operation("GET", "/docs/errors", Access::Public, 200),
    operation("GET", "/api/openapi.json", Access::Public, 200),
    operation("GET", "/api/v1/admin/performances/{performanceId}/cancellation", Access::Operator, 200),
    // Nobody holds a seat after it.
    operation("POST", "/api/v1/admin/performances/{performanceId}/cancellation", Access::Operator, 202),
];

impl Operation {
    /// A request for it that makes sense for this user, without credentials so far.
    pub(super) fn request(&self, user: &UserWithHold, client: &Client) -> Request {
        let ticket_id = format!("{}.{}", user.reservation_id(), user.seat());
        let names = [
            ("{concertId}", user.sale.concert_id.as_str()),
            ("{performanceId}", &user.sale.performance_id),
            ("{date}", &user.sale.date),
            ("{name}", "General"),
            ("{reservationId}", user.reservation_id()),
            ("{paymentId}", user.reservation_id()),
            ("{userId}", &user.user.user_id),
            ("{chargeId}", user.reservation_id()),
            ("{keyId}", user.reservation_id()),
            ("{webhookId}", user.reservation_id()),
            ("{deliveryId}", user.reservation_id()),
            ("{ticketId}", &ticket_id),
        ];
        let path = names.iter().fold(self.path.to_owned(), |path, (name, id)| path.replace(name, id));
        let request = client.request(self.method, &path).key(&format!("{} {path}", self.method));
        match self.body(user) {
            Some(body) => request.json(&body),
            None => request,
        }
    }

    fn body(&self, user: &UserWithHold) -> Option<Value> {
        match (self.method, self.path) {
            ("POST", "/api/v1/users" | "/webhooks/stripe" | "/webhooks/toss") => Some(json!({})),
            ("POST", "/api/v1/reservations") => Some(json!({
                "performanceId": user.sale.performance_id,
                "seatNumbers": [user.seat()],
            })),
            ("POST", "/api/v1/points/charges") => Some(json!({"amount": 1})),
            ("POST", path) if path.ends_with("/confirmation") => Some(json!({"paymentKey": "key"})),
            ("POST", "/api/v1/payments") => Some(json!({"reservationId": user.reservation_id()})),
            ("POST", "/api/v1/admin/keys") => Some(json!({"name": "North gate", "role": "GATE"})),
            ("POST", "/api/v1/admin/webhooks") => {
                Some(json!({"url": "https://shop.example/", "events": ["payment.completed"]}))
            }
            ("POST", path) if path.ends_with("{userId}/points") => {
                Some(json!({"amount": 1, "reason": "Sorry"}))
            }
            ("POST", path) if path.ends_with("/cancellation") => Some(json!({"reason": "Ill"})),
            ("POST", path) if path.ends_with("{paymentId}/refunds") && path.contains("/admin/") => {
                Some(json!({"reason": "Sorry"}))
            }
            ("POST", "/api/v1/admin/concerts") => Some(json!({"title": "Gala", "venue": "Hall"})),
            ("POST", path) if path.ends_with("/performances") => {
                Some(json!({"startsAt": "2099-12-25T19:00:00Z", "price": 1}))
            }
            ("POST", path) if path.ends_with("/check-ins") => Some(json!({"code": "none"})),
            ("PATCH", "/api/v1/admin/concerts/{concertId}") => Some(json!({"title": "Gala"})),
            ("PATCH", "/api/v1/admin/performances/{performanceId}") => Some(json!({"refundableUntil": null})),
            ("PATCH", path) if path.ends_with("/sections/{name}") => Some(json!({"price": 1})),
            ("PATCH", path) if path.ends_with("/seats") => {
                Some(json!({"block": [{"firstSeat": 50, "lastSeat": 50}]}))
            }
            ("PATCH", path) if path.ends_with("{webhookId}") => Some(json!({"enabled": true})),
            ("PATCH", _) => Some(json!({"state": "OPEN"})),
            _ => None,
        }
    }
}

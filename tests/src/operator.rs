use serde_json::{Value, json};

use crate::answer::Answer;
use crate::client::{Client, Request};
use crate::concurrency::eventually;
use crate::contract::{
    AUDIT, CANCELLATION, CONCERT, CREATED_KEY, CREATED_WEBHOOK, DELIVERIES, EVENTS, PERFORMANCE, QUEUE,
    SALES, SEAT_COUNTS,
};

/// Somebody with the operators' key.
#[derive(Debug, Clone)]
pub struct Operator {
    client: Client,
    key: String,
}

impl Operator {
    /// Somebody with this key.
    pub fn new(client: Client, key: &str) -> Self {
        Self { client, key: key.to_owned() }
    }

    /// A request with the key.
    pub fn request(&self, method: &str, path: &str) -> Request {
        self.client.request(method, path).bearer(&self.key)
    }

    /// Adds a concert.
    pub async fn add_concert(&self, body: &Value) -> Value {
        self.request("POST", "/api/v1/admin/concerts").json(body).send().await.of_kind(201, CONCERT)
    }

    /// Adds a performance.
    pub async fn add_performance(&self, concert_id: &str, body: &Value) -> Value {
        let path = format!("/api/v1/admin/concerts/{concert_id}/performances");
        self.request("POST", &path).json(body).send().await.of_kind(201, PERFORMANCE)
    }

    /// Changes a concert.
    pub async fn change_concert(&self, concert_id: &str, body: &Value) -> Value {
        let path = format!("/api/v1/admin/concerts/{concert_id}");
        self.request("PATCH", &path).json(body).send().await.of_kind(200, CONCERT)
    }

    /// Changes a performance.
    pub async fn change_performance(&self, performance_id: &str, body: &Value) -> Value {
        let path = format!("/api/v1/admin/performances/{performance_id}");
        self.request("PATCH", &path).json(body).send().await.of_kind(200, PERFORMANCE)
    }

    /// A request to cancel a performance.
    pub fn cancel_request(&self, performance_id: &str, reason: &str) -> Request {
        let path = format!("/api/v1/admin/performances/{performance_id}/cancellation");
        self.request("POST", &path).json(&json!({"reason": reason}))
    }

    /// Cancels a performance, and tells how far its refunds are.
    pub async fn cancel(&self, performance_id: &str) -> Value {
        self.cancel_request(performance_id, "The singer is ill").send().await.of_kind(202, CANCELLATION)
    }

    /// How far the cancellation of a performance is.
    pub async fn cancellation(&self, performance_id: &str) -> Value {
        let path = format!("/api/v1/admin/performances/{performance_id}/cancellation");
        self.request("GET", &path).send().await.of_kind(200, CANCELLATION)
    }

    /// Waits until the instance has so many streams of events open.
    pub async fn sees_streams(&self, open: u32) {
        let shown = format!("seatline_event_streams {open}");
        eventually(&shown, || async {
            let metrics = self.request("GET", "/metrics").send().await.text();
            metrics.lines().any(|line| line == shown).then_some(())
        })
        .await;
    }

    /// Refunds a user's payment, whatever comes of it.
    pub async fn try_refund(&self, payment: &Value, body: &Value) -> Answer {
        let id = |name: &str| payment[name].as_str().unwrap().to_owned();
        let path = format!("/api/v1/admin/users/{}/payments/{}/refunds", id("userId"), id("paymentId"));
        self.request("POST", &path).json(body).send().await
    }

    /// Adds points to a wallet or takes some back, whatever comes of it.
    pub async fn try_credit(&self, user_id: &str, key: &str, body: &Value) -> Answer {
        let path = format!("/api/v1/admin/users/{user_id}/points");
        self.request("POST", &path).key(key).json(body).send().await
    }

    /// Asks for another price of a section.
    pub async fn try_change_section(&self, performance_id: &str, name: &str, body: &Value) -> Answer {
        let path = format!("/api/v1/admin/performances/{performance_id}/sections/{name}");
        self.request("PATCH", &path).json(body).send().await
    }

    /// Changes the price of a section.
    pub async fn change_section(&self, performance_id: &str, name: &str, body: &Value) -> Value {
        self.try_change_section(performance_id, name, body).await.of_kind(200, PERFORMANCE)
    }

    /// Asks for seats to be blocked or given back.
    pub async fn try_change_seats(&self, performance_id: &str, body: &Value) -> Answer {
        let path = format!("/api/v1/admin/performances/{performance_id}/seats");
        self.request("PATCH", &path).json(body).send().await
    }

    /// Blocks seats, or gives them back.
    pub async fn change_seats(&self, performance_id: &str, body: &Value) -> Value {
        self.try_change_seats(performance_id, body).await.of_kind(200, SEAT_COUNTS)
    }

    /// Changes a waiting room.
    pub async fn configure(&self, concert_id: &str, body: &Value) -> Value {
        let path = format!("/api/v1/admin/concerts/{concert_id}/queue");
        self.request("PATCH", &path).json(body).send().await.of_kind(200, QUEUE)
    }

    /// Says whether a waiting room admits people: `OPEN` or `PAUSED`.
    pub async fn set_state(&self, concert_id: &str, state: &str) -> Value {
        self.configure(concert_id, &json!({"state": state})).await
    }

    /// Checks a ticket in by its code, whatever comes of it.
    pub async fn try_check_in(&self, performance_id: &str, code: &Value, gate: &str) -> Answer {
        self.check_in_request(performance_id, code, gate).send().await
    }

    /// A request to check a ticket in.
    pub fn check_in_request(&self, performance_id: &str, code: &Value, gate: &str) -> Request {
        let path = format!("/api/v1/admin/performances/{performance_id}/check-ins");
        self.request("POST", &path).json(&json!({"code": code, "gate": gate}))
    }

    /// How a sale is going.
    pub async fn sales(&self, concert_id: &str) -> Value {
        let path = format!("/api/v1/admin/concerts/{concert_id}/sales");
        self.request("GET", &path).send().await.of_kind(200, SALES)
    }

    /// Makes a key with this role: `OPERATOR`, `SUPPORT` or `GATE`.
    pub async fn create_key(&self, name: &str, role: &str) -> Value {
        let body = json!({"name": name, "role": role});
        self.request("POST", "/api/v1/admin/keys").json(&body).send().await.of_kind(201, CREATED_KEY)
    }

    /// Makes a webhook for these types of events.
    pub async fn create_webhook(&self, url: &str, events: &[&str]) -> Value {
        let body = json!({"url": url, "events": events});
        self.request("POST", "/api/v1/admin/webhooks").json(&body).send().await.of_kind(201, CREATED_WEBHOOK)
    }

    /// The newest deliveries to a webhook, newest first.
    pub async fn deliveries(&self, webhook: &Value) -> Vec<Value> {
        let path = format!("/api/v1/admin/webhooks/{}/deliveries", webhook["webhookId"].as_str().unwrap());
        let page = self.request("GET", &format!("{path}?limit=100")).send().await.of_kind(200, DELIVERIES);
        page["items"].as_array().unwrap().clone()
    }

    /// The events of the feed after a cursor.
    pub async fn events(&self, after: Option<&str>, limit: u32) -> Value {
        let after = after.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
        let path = format!("/api/v1/admin/events?limit={limit}{after}");
        self.request("GET", &path).send().await.of_kind(200, EVENTS)
    }

    /// What operators changed, newest first.
    pub async fn audit(&self, concert_id: &str) -> Vec<Value> {
        let path = format!("/api/v1/admin/concerts/{concert_id}/audit");
        let page = self.request("GET", &path).send().await.of_kind(200, AUDIT);
        page["items"].as_array().unwrap().clone()
    }
}

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::client::{Client, Request};
use crate::concurrency::eventually;
use crate::contract::{
    BALANCE, CHARGE, ENTRIES, PAYMENT, PROFILE, REGISTERED, RESERVATION, SEAT_MAP, TICKETS, TOKEN,
};
use crate::sale::Sale;

/// A user, and the queue token that they use.
#[derive(Debug, Clone)]
pub struct TestUser {
    client: Client,
    /// The id of their account.
    pub user_id: String,
    /// What proves it.
    pub access_token: String,
    /// Their place in line, once they have joined.
    pub queue_token: Option<String>,
}

impl TestUser {
    /// Opens an account.
    pub async fn register(client: Client) -> Self {
        let registered =
            client.post("/api/v1/users").json(&json!({"name": "Ada"})).send().await.of_kind(201, REGISTERED);
        Self::known(client, &registered)
    }

    /// A user who has an account, as the answer to the registration says.
    pub fn known(client: Client, registered: &Value) -> Self {
        let text = |name: &str| registered[name].as_str().unwrap().to_owned();
        let (user_id, access_token) = (text("userId"), text("accessToken"));
        Self { client, user_id, access_token, queue_token: None }
    }

    /// The same user, who asks another instance.
    #[must_use]
    pub fn by(&self, client: Client) -> Self {
        Self { client, ..self.clone() }
    }

    /// The same user with another queue token.
    #[must_use]
    pub fn with_token(&self, queue_token: &str) -> Self {
        Self { queue_token: Some(queue_token.to_owned()), ..self.clone() }
    }

    /// A request with everything that they have.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let request = self.client.request(method, path).bearer(&self.access_token);
        match &self.queue_token {
            Some(token) => request.queue_token(token),
            None => request,
        }
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Request {
        self.request("GET", path)
    }

    /// Joins a waiting room, whatever comes of it.
    pub async fn try_join(&self, concert_id: &str) -> Answer {
        self.join_request(concert_id).send().await
    }

    /// A request to join a waiting room.
    pub fn join_request(&self, concert_id: &str) -> Request {
        self.request("POST", &format!("/api/v1/concerts/{concert_id}/queue/tokens"))
    }

    /// Takes a new place in line and keeps its token. Gives what it says.
    pub async fn join(&mut self, sale: &Sale) -> Value {
        let token = self.try_join(&sale.concert_id).await.of_kind(201, TOKEN);
        self.queue_token = token["token"].as_str().map(str::to_owned);
        token
    }

    /// Joins a room with space: it is their turn at once.
    pub async fn enter(mut self, sale: &Sale) -> Self {
        assert_eq!(self.join(sale).await["state"], "ACTIVE");
        self
    }

    /// Their place in line.
    pub async fn poll(&self) -> Value {
        self.get("/api/v1/queue/token").send().await.of_kind(200, TOKEN)
    }

    /// Waits in line until their token is in this state, and gives what it says then.
    pub async fn until(&self, state: &str) -> Value {
        eventually(state, async || {
            let token = self.poll().await;
            (token["state"] == state).then_some(token)
        })
        .await
    }

    /// Leaves the line.
    pub async fn leave(&self) {
        self.request("DELETE", "/api/v1/queue/token").send().await.nothing(204);
    }

    /// Charges points with a new key.
    pub async fn charge(&self, amount: impl Into<Value>) -> Value {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let key = format!("charge {}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.try_charge(&key, amount).await.of_kind(201, CHARGE)
    }

    /// Charges points, whatever comes of it.
    pub async fn try_charge(&self, key: &str, amount: impl Into<Value>) -> Answer {
        let body = json!({"amount": amount.into()});
        self.request("POST", "/api/v1/points/charges").key(key).json(&body).send().await
    }

    /// How many points they have.
    pub async fn balance(&self) -> Value {
        self.get("/api/v1/points").send().await.of_kind(200, BALANCE)["balance"].clone()
    }

    /// Their ledger, newest entry first, all of it up to a hundred entries.
    pub async fn entries(&self) -> Vec<Value> {
        let page = self.get("/api/v1/points/entries?limit=100").send().await.of_kind(200, ENTRIES);
        page["items"].as_array().unwrap().clone()
    }

    /// Their page.
    pub async fn profile(&self) -> Value {
        self.get("/api/v1/users/me").send().await.of_kind(200, PROFILE)
    }

    /// The seats of the sale.
    pub async fn seats(&self, sale: &Sale) -> Value {
        let path = format!("/api/v1/performances/{}/seats", sale.performance_id);
        self.get(&path).send().await.of_kind(200, SEAT_MAP)
    }

    /// How one seat of the sale stands: its state, and whether it is theirs.
    pub async fn seat(&self, sale: &Sale, number: u64) -> (String, bool) {
        let map = self.seats(sale).await;
        let seat = map["seats"].as_array().unwrap().iter().find(|seat| seat["number"] == number).unwrap();
        (seat["state"].as_str().unwrap().to_owned(), seat["mine"].as_bool().unwrap())
    }

    /// Reserves seats, whatever comes of it.
    pub async fn try_hold(&self, sale: &Sale, seats: &[u64]) -> Answer {
        self.hold_request(sale, seats).send().await
    }

    /// A request for seats.
    pub fn hold_request(&self, sale: &Sale, seats: &[u64]) -> Request {
        let body = json!({"performanceId": sale.performance_id, "seatNumbers": seats});
        self.request("POST", "/api/v1/reservations").json(&body)
    }

    /// Buys seats of the sale, each at the usual price, in a turn of their own. Gives the tickets, by seat.
    pub async fn buy(&mut self, sale: &Sale, seats: &[u64]) -> Vec<Value> {
        if self.queue_token.is_none() || self.poll().await["state"] != "ACTIVE" {
            self.join(sale).await;
        }
        self.charge(u64::from(Sale::PRICE) * u64::try_from(seats.len()).unwrap()).await;
        let payment = self.pay(&self.hold(sale, seats).await).await;
        let tickets = self.tickets().await;
        tickets.into_iter().filter(|ticket| ticket["paymentId"] == payment["paymentId"]).collect()
    }

    /// Their tickets, all of them up to a hundred.
    pub async fn tickets(&self) -> Vec<Value> {
        let page = self.get("/api/v1/tickets?limit=100").send().await.of_kind(200, TICKETS);
        page["items"].as_array().unwrap().clone()
    }

    /// Reserves the best seats that this wish allows, whatever comes of it.
    pub async fn try_hold_best(&self, sale: &Sale, wish: Value) -> Answer {
        self.hold_best_request(sale, wish).send().await
    }

    /// A request for the best seats that this wish allows.
    pub fn hold_best_request(&self, sale: &Sale, mut wish: Value) -> Request {
        wish["performanceId"] = sale.performance_id.clone().into();
        self.request("POST", "/api/v1/reservations").json(&wish)
    }

    /// Reserves seats and gives the reservation.
    pub async fn hold(&self, sale: &Sale, seats: &[u64]) -> Value {
        self.try_hold(sale, seats).await.of_kind(201, RESERVATION)
    }

    /// One of their reservations.
    pub async fn reservation(&self, reservation: &Value) -> Value {
        let path = format!("/api/v1/reservations/{}", id(reservation, "reservationId"));
        self.get(&path).send().await.of_kind(200, RESERVATION)
    }

    /// Cancels a reservation, whatever comes of it.
    pub async fn try_cancel(&self, reservation: &Value) -> Answer {
        let path = format!("/api/v1/reservations/{}", id(reservation, "reservationId"));
        self.request("DELETE", &path).send().await
    }

    /// A request to pay a reservation.
    pub fn pay_request(&self, reservation: &Value) -> Request {
        let body = json!({"reservationId": id(reservation, "reservationId")});
        self.request("POST", "/api/v1/payments").json(&body)
    }

    /// Pays a reservation, whatever comes of it.
    pub async fn try_pay(&self, reservation: &Value) -> Answer {
        self.pay_request(reservation).send().await
    }

    /// A request to give seats of a payment back; all that are left, if none are named.
    pub fn refund_request(&self, payment: &Value, seats: Option<&[u64]>) -> Request {
        let request = self.request("POST", &format!("/api/v1/payments/{}/refunds", id(payment, "paymentId")));
        match seats {
            Some(seats) => request.json(&json!({"seatNumbers": seats})),
            None => request,
        }
    }

    /// Gives seats of a payment back, whatever comes of it.
    pub async fn try_refund(&self, payment: &Value, seats: Option<&[u64]>) -> Answer {
        self.refund_request(payment, seats).send().await
    }

    /// One of their payments.
    pub async fn payment(&self, payment: &Value) -> Value {
        let path = format!("/api/v1/payments/{}", id(payment, "paymentId"));
        self.get(&path).send().await.of_kind(200, PAYMENT)
    }

    /// Pays a reservation and gives the payment.
    pub async fn pay(&self, reservation: &Value) -> Value {
        self.try_pay(reservation).await.of_kind(201, PAYMENT)
    }
}

fn id<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

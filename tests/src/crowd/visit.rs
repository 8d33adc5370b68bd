use std::time::Duration;

use rand::RngExt;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::virtual_user::VirtualUser;
use crate::history::{Operation, Outcome};
use crate::options::ClusterOptions;
use crate::sale::Sale;

/// What comes of asking for seats.
enum Attempt {
    /// They are held.
    Held(Value),
    /// Others may be had.
    Again,
    /// The turn is over.
    Over,
}

impl VirtualUser {
    /// Joins the line, waits, and buys, or changes their mind.
    pub(super) async fn visit(&mut self) {
        let Some(number) = self.join().await else { return };
        let admitted = self.wait_in_line(number).await;
        for _ in 0..self.rng.random_range(1..=3) {
            if !admitted || self.is_over() || self.chance(5) {
                break;
            }
            match self.hold().await {
                Attempt::Held(reservation) => return self.decide(number, &reservation).await,
                Attempt::Again => {}
                Attempt::Over => return,
            }
        }
        self.leave(number).await;
    }

    async fn join(&mut self) -> Option<u64> {
        let concert = self.sales[0].concert_id.clone();
        let answer = self.insist(&Operation::Join, |user| user.join_request(&concert)).await?;
        let token = match answer {
            Outcome::Acknowledged(token) => token,
            Outcome::Refused(code) if code == "sold_out" => return None,
            refused => panic!("joining was refused: {refused:?}"),
        };
        self.user.as_mut().unwrap().queue_token = token["token"].as_str().map(str::to_owned);
        token["number"].as_u64()
    }

    /// Polls until it is their turn; `false` when it never is. Whichever instance answers, a position never rises.
    async fn wait_in_line(&mut self, number: u64) -> bool {
        let mut last = u64::MAX;
        while !self.is_over() && !self.chance(1) {
            let poll = self.user().get("/api/v1/queue/token").try_send().await;
            if let Some(Outcome::Acknowledged(token)) = Outcome::of(poll) {
                let position = token["position"].as_u64().unwrap();
                assert_eq!(token["number"], number);
                assert!(position <= last, "from {last} to {token}");
                last = position;
                match token["state"].as_str() {
                    Some("ACTIVE") => return true,
                    Some("WAITING") => {}
                    _ => return false,
                }
            }
            self.pause(30).await;
        }
        false
    }

    async fn hold(&mut self) -> Attempt {
        let sale = self.sales[self.rng.random_range(0..self.sales.len())].clone();
        // Half of the people want the same few seats.
        let seats_max = if self.chance(50) { 30 } else { u64::from(Sale::CROWD_SEATS) };
        let first = self.rng.random_range(1..seats_max);
        let seats: Vec<u64> = (first..=first + u64::from(self.chance(30))).collect();
        let key = self.chance(50).then(|| self.new_key());
        let operation = Operation::Hold {
            key: key.clone(),
            performance_id: sale.performance_id.clone(),
            seats: seats.clone(),
        };
        let answer =
            self.insist(&operation, |user| keyed(user.hold_request(&sale, &seats), key.as_deref())).await;
        match answer {
            Some(Outcome::Acknowledged(reservation)) => Attempt::Held(reservation),
            Some(Outcome::Refused(code)) => match code.as_str() {
                "seat_held" | "seat_sold" | "reservation_active" => Attempt::Again,
                "queue_token_expired" | "seat_limit_exceeded" => Attempt::Over,
                // A key of a hold that was made, and is over by now.
                other => panic!("a hold was refused as {other}: {operation:?}"),
            },
            _ => Attempt::Again,
        }
    }

    /// Pays, or cancels, or lets the hold expire, or leaves.
    async fn decide(&mut self, number: u64, reservation: &Value) {
        match self.rng.random_range(0..10) {
            0 => self.cancel(reservation).await,
            1 => {
                sleep(ClusterOptions::SHORT_HOLD + Duration::from_millis(300)).await;
                self.pay(reservation).await;
            }
            2 => return self.leave(number).await,
            _ => self.pay(reservation).await,
        }
        self.leave(number).await;
    }

    async fn cancel(&mut self, reservation: &Value) {
        let id = reservation["reservationId"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/reservations/{id}");
        let operation = Operation::Cancel { reservation_id: id };
        self.insist(&operation, |user| user.request("DELETE", &path)).await;
    }

    async fn pay(&mut self, reservation: &Value) {
        let reservation_id = reservation["reservationId"].as_str().unwrap().to_owned();
        loop {
            let key = self.chance(50).then(|| self.new_key());
            let operation = Operation::Pay { key: key.clone(), reservation_id: reservation_id.clone() };
            let pay = |user: &crate::TestUser| keyed(user.pay_request(reservation), key.as_deref());
            match self.insist(&operation, pay).await {
                Some(Outcome::Refused(code)) if code == "insufficient_points" => {
                    if !self.charge().await {
                        return;
                    }
                }
                _ => return,
            }
        }
    }

    /// `false` when it is not known to have been done.
    async fn charge(&mut self) -> bool {
        let (key, amount) = (self.new_key(), u64::from(Sale::PRICE) * self.rng.random_range(1..=4));
        let operation = Operation::Charge { key: key.clone(), amount };
        let charge = |user: &crate::TestUser| {
            user.request("POST", "/api/v1/points/charges").key(&key).json(&json!({"amount": amount}))
        };
        matches!(self.insist(&operation, charge).await, Some(Outcome::Acknowledged(_)))
    }

    async fn leave(&mut self, number: u64) {
        self.insist(&Operation::Leave { number }, |user| user.request("DELETE", "/api/v1/queue/token")).await;
    }
}

fn keyed(request: crate::Request, key: Option<&str>) -> crate::Request {
    match key {
        Some(key) => request.key(key),
        None => request,
    }
}

use std::sync::Arc;

use anyhow::Context;
use seatline_adapters_postgres::Postgres;
use serde_json::Value;

use crate::load::{Load, request, request_with};
use crate::room;
use crate::server::ADMIN_KEY;

/// A concert that is on sale, with room for everybody in its waiting room.
pub(crate) struct Show {
    pub(crate) concert_id: String,
    pub(crate) performances: Vec<String>,
}

/// Somebody whose turn it is.
pub(crate) struct Customer {
    account: String,
    token: String,
}

impl Show {
    /// Adds a concert with so many performances of so many seats.
    pub(crate) async fn open(load: Load, performances: u32, seats: u32) -> anyhow::Result<Self> {
        let operator = format!("Bearer {ADMIN_KEY}");
        let headers = [("authorization", operator.as_str())];
        let concert = r#"{"title":"Rush","venue":"Here","maxSeatsPerUser":100,"queue":{"capacity":1000000}}"#;
        let added =
            load.once(vec![request_with("POST", "/api/v1/admin/concerts", &headers, concert)]).await?;
        let concert_id = texts(&added.bodies, "concertId")?.pop().context("no concert")?;
        let path = format!("/api/v1/admin/concerts/{concert_id}/performances");
        let plan = format!(
            r#"{{"startsAt":"2099-12-24T19:00:00+09:00","sections":[{{"name":"Floor","firstSeat":1,"lastSeat":{seats},"price":1}}]}}"#
        );
        let plans = (0..performances).map(|_| request_with("POST", &path, &headers, &plan)).collect();
        let one_by_one = Load { connections: 4, ..load };
        let performances = texts(&one_by_one.once(plans).await?.bodies, "performanceId")?;
        Ok(Self { concert_id, performances })
    }

    /// So many new people with points join, over HTTP: it is their turn at once.
    pub(crate) async fn enter(
        &self,
        postgres: &Arc<Postgres>,
        load: Load,
        people: u64,
    ) -> anyhow::Result<Vec<Customer>> {
        self.join(load, accounts(postgres, people).await?).await
    }

    /// These people join.
    pub(crate) async fn join(&self, load: Load, accounts: Vec<String>) -> anyhow::Result<Vec<Customer>> {
        let path = format!("/api/v1/concerts/{}/queue/tokens", self.concert_id);
        let joins = accounts.iter().map(|account| request("POST", &path, &[("authorization", account)]));
        let tokens = texts(&load.once(joins.collect()).await?.bodies, "token")?;
        Ok(accounts.into_iter().zip(tokens).map(|(account, token)| Customer { account, token }).collect())
    }
}

/// People with accounts; gives what each says of themselves.
pub(crate) async fn accounts(postgres: &Arc<Postgres>, people: u64) -> anyhow::Result<Vec<String>> {
    let tokens = room::register(postgres, people).await?;
    Ok(tokens.into_iter().map(|token| format!("Bearer {token}")).collect())
}

impl Customer {
    /// Wants this seat.
    pub(crate) fn hold(&self, performance: &str, seat: usize) -> Vec<u8> {
        let body = format!(r#"{{"performanceId":"{performance}","seatNumbers":[{seat}]}}"#);
        request_with("POST", "/api/v1/reservations", &self.headers(), &body)
    }

    /// Wants the best seat that is free.
    pub(crate) fn hold_best(&self, performance: &str) -> Vec<u8> {
        let body = format!(r#"{{"performanceId":"{performance}","count":1}}"#);
        request_with("POST", "/api/v1/reservations", &self.headers(), &body)
    }

    /// Pays this reservation.
    pub(crate) fn pay(&self, reservation: &str) -> Vec<u8> {
        let body = format!(r#"{{"reservationId":"{reservation}"}}"#);
        request_with("POST", "/api/v1/payments", &self.headers(), &body)
    }

    /// Charges points.
    pub(crate) fn charge(&self, key: &str) -> Vec<u8> {
        let headers = [("authorization", self.account.as_str()), ("idempotency-key", key)];
        request_with("POST", "/api/v1/points/charges", &headers, r#"{"amount":10}"#)
    }

    /// Looks at the seats of a performance.
    pub(crate) fn seats(&self, performance: &str) -> Vec<u8> {
        request("GET", &format!("/api/v1/performances/{performance}/seats"), &self.headers())
    }

    /// Asks for something of their own.
    pub(crate) fn call(&self, path: &str) -> Vec<u8> {
        request("GET", &format!("/api/v1{path}"), &self.headers())
    }

    /// Opens a page, with the cookies of their browser.
    pub(crate) fn page(&self, concert_id: &str, path: &str) -> Vec<u8> {
        let account = self.account.trim_start_matches("Bearer ");
        let (line, token) = (concert_id.replace('-', ""), &self.token);
        let cookies = format!("seatline-account={account}; seatline-line-{line}={token}");
        request("GET", path, &[("accept", "text/html"), ("cookie", &cookies)])
    }

    /// Asks for their place.
    pub(crate) fn poll(&self) -> Vec<u8> {
        request("GET", "/api/v1/queue/token", &self.headers())
    }

    /// Somebody who may join again.
    pub(crate) fn into_account(self) -> String {
        self.account
    }

    fn headers(&self) -> [(&str, &str); 2] {
        [("authorization", self.account.as_str()), ("queue-token", self.token.as_str())]
    }
}

/// A text of each answer.
pub(crate) fn texts(bodies: &[Vec<u8>], name: &str) -> anyhow::Result<Vec<String>> {
    let text = |body: &Vec<u8>| {
        let body: Value = serde_json::from_slice(body)?;
        let text = body.get(name).and_then(Value::as_str).with_context(|| format!("no {name} in {body}"))?;
        anyhow::Ok(text.to_owned())
    };
    bodies.iter().map(text).collect()
}

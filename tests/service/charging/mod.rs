//! Charging points with money: by a payment provider, which is a fake one here, over real HTTP.

mod clocks;
mod kills;
mod look_ups;
mod modes;
mod pages;
mod storm;
mod stripe;
mod told;
mod toss;

use std::time::UNIX_EPOCH;

use seatline_tests::contract::PROVIDER_CHARGE;
use seatline_tests::{
    ADMIN_KEY, Answer, Binary, Client, ClusterOptions, Database, FakeProvider, PROVIDER_KEY, QUEUE_KEY,
    Running, TestUser, eventually, sign_notice,
};
use serde_json::Value;

/// The secret that signs notices now.
const SECRET: &str = "whsec_new";

fn provider() -> FakeProvider {
    FakeProvider::start(PROVIDER_KEY, 7)
}

fn with(provider: &FakeProvider, payments: &'static str) -> ClusterOptions {
    ClusterOptions { payments, provider_api: provider.lasting_url(), ..ClusterOptions::default() }
}

/// An instance in a process of its own, perhaps by a clock that is so many seconds off.
fn start(database: &Database, provider: &FakeProvider, seconds_off: Option<i64>) -> Running {
    let url = provider.url();
    let variables = [
        ("DATABASE_URL", database.url()),
        ("SEATLINE_LISTEN", "127.0.0.1:0"),
        ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
        ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
        ("SEATLINE_PAYMENTS", "stripe"),
        ("SEATLINE_STRIPE_SECRET_KEY", PROVIDER_KEY),
        ("SEATLINE_STRIPE_WEBHOOK_SECRETS", SECRET),
        ("SEATLINE_STRIPE_API", &url),
        // Wherever an attempt is made, it is made in the same words.
        ("SEATLINE_PUBLIC_URL", "http://tickets.example"),
        ("RUST_LOG", "off"),
    ];
    Binary::serve_by_clock(seconds_off, variables)
}

fn now() -> i64 {
    UNIX_EPOCH.elapsed().unwrap().as_secs().try_into().unwrap()
}

async fn notify(client: &Client, body: &str, signature: &str) -> Answer {
    client
        .post("/webhooks/stripe")
        .header("stripe-signature", signature)
        .json_bytes(body.to_owned())
        .send()
        .await
}

/// A notice as Stripe sends it now.
async fn tell(client: &Client, provider: &FakeProvider, charge_id: &str) -> Answer {
    let body = provider.notice(charge_id);
    notify(client, &body, &sign_notice(SECRET, now(), &body)).await
}

async fn charge_of(user: &TestUser, charge_id: &str) -> Value {
    user.get(&format!("/api/v1/points/charges/{charge_id}")).send().await.of_kind(200, PROVIDER_CHARGE)
}

/// Waits until a charge is in this state.
async fn until(user: &TestUser, charge_id: &str, state: &str) -> Value {
    eventually(state, async || {
        let charge = charge_of(user, charge_id).await;
        (charge["state"] == state).then_some(charge)
    })
    .await
}

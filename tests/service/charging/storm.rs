//! A million won through everything that goes wrong between here and a provider.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::join_all;
use nix::sys::signal::Signal;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use seatline_tests::{
    Behaviour, Client, Database, FakeProvider, PROVIDER_KEY, TestUser, eventually, sign_notice,
};
use serde_json::json;
use tokio::time::sleep;

use super::{SECRET, notify, now, start};

const WON: i64 = 1_000_000;
const CHARGES: usize = 80;
const USERS: usize = 16;

/// Somebody charges until the provider's page is open, pays there, and tells whoever listens, or does not.
async fn charge(user: TestUser, clients: Vec<Client>, provider: Arc<FakeProvider>, number: usize, seed: u64) {
    let mut random = SmallRng::seed_from_u64(seed);
    let amount = WON / i64::try_from(CHARGES).unwrap();
    let key = format!("charge {number}");
    let begin = Instant::now();
    let id = loop {
        assert!(begin.elapsed() < Duration::from_mins(1), "charge {number} is still not begun");
        let client = clients[random.random_range(0..clients.len())].clone();
        // An instance may be killed in the middle of this: the next attempt goes on with the same key.
        let user = user.by(client);
        let body = json!({"amount": amount});
        let request = user.request("POST", "/api/v1/points/charges").key(&key).json(&body);
        if let Ok(answer) = request.try_send().await
            && answer.status == 202
        {
            break answer.json(202)["chargeId"].as_str().unwrap().to_owned();
        }
        sleep(Duration::from_millis(100)).await;
    };
    provider.pay(&id);
    let body = provider.notice(&id);
    let notices = random.random_range(0..4);
    for _ in 0..notices {
        let client = &clients[random.random_range(0..clients.len())];
        let secret = if random.random_range(0..3) == 0 { "whsec_forged" } else { SECRET };
        let signature = sign_notice(secret, now(), &body);
        let request = client.post("/webhooks/stripe").header("stripe-signature", &signature);
        drop(request.json_bytes(body.clone()).try_send().await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_won_goes_in_through_a_storm_and_is_what_the_provider_took() {
    let database = Database::create().await;
    let provider = Arc::new(FakeProvider::start(PROVIDER_KEY, 11));
    let (steady, killed) = (start(&database, &provider, None), start(&database, &provider, None));
    let users = join_all((0..USERS).map(|_| TestUser::register(steady.client()))).await;
    provider.behave(Behaviour::STORM);
    let clients = vec![steady.client(), killed.client()];
    let storm = join_all((0..CHARGES).map(|number| {
        let seed = u64::try_from(number).unwrap();
        charge(users[number % USERS].clone(), clients.clone(), provider.clone(), number, seed)
    }));
    let breaking = async {
        sleep(Duration::from_millis(500)).await;
        drop(tokio::task::spawn_blocking(move || killed.end_with(Signal::SIGKILL)).await.unwrap());
        provider.behave(Behaviour::DOWN);
        sleep(Duration::from_secs(1)).await;
        provider.behave(Behaviour::STORM);
        start(&database, &provider, None)
    };
    let (_, third) = tokio::join!(storm, breaking);
    assert_eq!(provider.taken(), WON);
    eventually("the points are what the provider took", async || {
        let sum = database.query("SELECT sum(balance)::bigint FROM wallets").await;
        (sum == [WON.to_string()]).then_some(())
    })
    .await;
    let forged = json!({"data": {"object": {"client_reference_id": provider.charges()[0]}}}).to_string();
    notify(&steady.client(), &forged, &sign_notice("whsec_forged", now(), &forged))
        .await
        .problem(400, "malformed_request");
    let paid = database.query("SELECT count(*) FROM charges WHERE state = 'PAID'").await;
    assert_eq!(paid, [CHARGES.to_string()]);
    database.assert_invariants().await;
    drop(third);
}

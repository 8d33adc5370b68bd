//! Behind a proxy, an address's limit is that of the client that the proxy names. Nobody else is believed.

use std::collections::BTreeSet;

use seatline_tests::{Answer, Cluster, ClusterOptions, together};
use serde_json::json;

use super::rate_limits::limited;

/// More than the burst of an address and than what is refilled meanwhile.
const MANY: usize = 400;

/// Registers again and again, each time with what `forwarded` makes of the number of the request.
async fn register(cluster: &Cluster, forwarded: impl Fn(usize) -> String) -> Vec<Answer> {
    let requests = (0..MANY).map(|index| {
        let (client, forwarded) = (cluster.client(), forwarded(index));
        let request = client.post("/api/v1/users").header("x-forwarded-for", &forwarded).json(&json!({}));
        async move { request.send().await }
    });
    together(requests).await
}

fn statuses(answers: &[Answer]) -> BTreeSet<u16> {
    answers.iter().map(|answer| answer.status).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_invents_addresses_is_limited_all_the_same() {
    let cluster = Cluster::start_with(limited()).await;
    let answers = register(&cluster, |index| format!("10.0.{}.{}", index / 250, index % 250)).await;
    assert_eq!(statuses(&answers), BTreeSet::from([201, 429]));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_behind_a_trusted_proxy_are_told_apart() {
    let options = ClusterOptions { trusted_proxies: "127.0.0.0/8, ::1", ..limited() };
    let cluster = Cluster::start_with(options).await;
    let invented = |index: usize| format!("10.0.{}.{}", index / 250, index % 250);
    let answers = register(&cluster, invented).await;
    assert_eq!(statuses(&answers), BTreeSet::from([201]), "each client for itself");
    let answers = register(&cluster, |index| format!("{}, 203.0.113.7, 127.0.0.9", invented(index))).await;
    assert_eq!(statuses(&answers), BTreeSet::from([201, 429]), "one client, whatever it claims to pass on");
    let answers =
        register(&cluster, |index| format!("203.0.113.{}, not-an-address-{index}", index % 250)).await;
    assert_eq!(statuses(&answers), BTreeSet::from([201, 429]), "what is no address is the proxy's own");
    cluster.end().await;
}

use std::time::Duration;

use seatline_tests::{Cluster, ClusterOptions, Sale};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaving_is_repeatable_and_gives_up_the_hold() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    let reservation = ada.hold(&sale, &[7]).await;
    ada.leave().await;
    ada.leave().await;
    let left = ada.poll().await;
    assert_eq!((&left["state"], &left["position"], &left["ahead"]), (&json!("LEFT"), &json!(0), &json!(0)));
    assert!(left["expiresAt"].is_string());
    assert_eq!(ada.reservation(&reservation).await["state"], "CANCELLED");
    bob.hold(&sale, &[7]).await;
    ada.try_pay(&reservation).await.problem(401, "queue_token_expired");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paying_completes_the_turn_and_frees_the_slot() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let mut bob = cluster.user_of(1).await;
    assert_eq!(bob.join(&sale).await["state"], "WAITING");
    ada.charge(Sale::PRICE).await;
    ada.pay(&ada.hold(&sale, &[7]).await).await;
    assert_eq!(ada.poll().await["state"], "COMPLETED");
    ada.leave().await;
    assert_eq!(ada.poll().await["state"], "COMPLETED", "what has ended stays as it ended");
    ada.try_hold(&sale, &[8]).await.problem(401, "queue_token_expired");
    ada.get(&format!("/api/v1/performances/{}/seats", sale.performance_id))
        .send()
        .await
        .problem(401, "queue_token_expired");
    bob.until("ACTIVE").await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pass_expires_and_the_next_one_follows() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().capacity(1).pass_ttl_seconds(1).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let mut bob = cluster.user().await;
    bob.join(&sale).await;
    bob.until("ACTIVE").await;
    let expired = ada.poll().await;
    assert_eq!((&expired["state"], &expired["position"]), (&json!("EXPIRED"), &json!(0)));
    ada.try_hold(&sale, &[7]).await.problem(401, "queue_token_expired");
    let mut again = ada.clone();
    assert_eq!(again.join(&sale).await["number"], 3, "a new place, at the end");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pass_does_not_end_before_the_hold_made_with_it() {
    let cluster =
        Cluster::start_with(ClusterOptions { hold_ttl: Duration::from_mins(1), ..ClusterOptions::default() })
            .await;
    let sale = Sale::builder().pass_ttl_seconds(1).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let reservation = ada.hold(&sale, &[7]).await;
    let token = ada.poll().await;
    assert_eq!((&token["state"], &token["expiresAt"]), (&json!("ACTIVE"), &reservation["expiresAt"]));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_that_nobody_shows_up_for_goes_to_the_next() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().capacity(1).show_up_within_seconds(1).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let (mut absent, mut present) = (cluster.user().await, cluster.user().await);
    absent.join(&sale).await;
    present.join(&sale).await;
    ada.leave().await;
    present.until("ACTIVE").await;
    let missed = absent.poll().await;
    assert_eq!(missed["state"], "EXPIRED");
    // Who was asked about is there: they keep their turn for its full time.
    let token = present.poll().await;
    assert!(token["expiresAt"].as_str() > missed["expiresAt"].as_str());
    present.hold(&sale, &[7]).await;
    cluster.end().await;
}

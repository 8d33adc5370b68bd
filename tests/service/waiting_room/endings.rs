use std::cell::RefCell;
use std::time::Duration;

use seatline_tests::contract::{RESERVATION, TOKEN};
use seatline_tests::{Cluster, ClusterOptions, Sale, eventually};
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
async fn a_turn_ends_whatever_is_held_in_it() {
    let cluster =
        Cluster::start_with(ClusterOptions { hold_ttl: Duration::from_secs(2), ..ClusterOptions::default() })
            .await;
    let sale = Sale::builder().capacity(1).pass_ttl_seconds(1).open(&cluster.operator()).await;
    let mut ada = cluster.user().await.enter(&sale).await;
    let mut bob = cluster.user().await;
    bob.join(&sale).await;
    let until = RefCell::new(String::new());
    eventually("the end of the turn", async || {
        let answer = ada.try_hold(&sale, &[7]).await;
        if answer.code().as_deref() == Some("queue_token_expired") {
            return Some(());
        }
        let held = answer.of_kind(201, RESERVATION);
        until.replace_with(|until| until.clone().max(held["expiresAt"].as_str().unwrap().to_owned()));
        assert!(ada.poll().await["expiresAt"].as_str() >= held["expiresAt"].as_str());
        ada.try_cancel(&held).await.nothing(204);
        None
    })
    .await;
    bob.until("ACTIVE").await;
    let over = ada.poll().await;
    assert_eq!((&over["state"], &over["expiresAt"]), (&json!("EXPIRED"), &json!(until.into_inner())));
    bob.hold(&sale, &[7]).await;
    assert_eq!(ada.join(&sale).await["state"], "WAITING", "she has to queue again");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_let_in_at_once_and_never_comes_back_loses_the_turn() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().capacity(1).show_up_within_seconds(1).open(&cluster.operator()).await;
    let mut absent = cluster.user().await;
    let joined = absent.join(&sale).await;
    assert_eq!(joined["state"], "ACTIVE");
    let mut present = cluster.user().await;
    assert_eq!(present.join(&sale).await["showUpBy"], json!(null), "not yet");
    assert!(present.until("ACTIVE").await["showUpBy"].is_null(), "a poll is a sign of life");
    let missed = absent.poll().await;
    assert_eq!((&missed["state"], &missed["expiresAt"]), (&json!("EXPIRED"), &joined["showUpBy"]));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_again_is_a_sign_of_life() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let mut ada = cluster.user().await;
    let joined = ada.join(&sale).await;
    assert!(joined["showUpBy"].as_str() < joined["expiresAt"].as_str());
    let again = ada.try_join(&sale.concert_id).await.of_kind(200, TOKEN);
    assert_eq!(again["showUpBy"], json!(null));
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

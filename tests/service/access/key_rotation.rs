//! Keys of queue tokens are changed without anybody losing their place.

use seatline_tests::contract::TOKEN;
use seatline_tests::{Cluster, ClusterOptions, Sale};

const OLD: &str = "the-old-queue-key-of-these-tests-0123456789";
const BOTH: &str = "the-new-queue-key-of-these-tests-0123456789, the-old-queue-key-of-these-tests-0123456789";
const NEW: &str = "the-new-queue-key-of-these-tests-0123456789";

fn with_keys(queue_keys: &'static str) -> ClusterOptions {
    ClusterOptions { queue_keys, ..ClusterOptions::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_tokens_are_taken_and_signed_anew_until_their_key_is_gone() {
    let mut cluster = Cluster::start_with(with_keys(OLD)).await;
    let (both, new) = (cluster.add(with_keys(BOTH)).await, cluster.add(with_keys(NEW)).await);
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let _first = cluster.user().await.enter(&sale).await;
    let mut ada = cluster.user().await;
    let joined = ada.join(&sale).await;

    let by_both = ada.by(cluster.client_of(both)).poll().await;
    assert_eq!((&by_both["number"], &by_both["state"]), (&joined["number"], &joined["state"]));
    assert_ne!(by_both["token"], joined["token"], "signed anew");
    let renewed = ada.with_token(by_both["token"].as_str().unwrap());
    for instance in [both, new] {
        let polled = renewed.by(cluster.client_of(instance)).poll().await;
        assert_eq!(polled["token"], by_both["token"], "by the new key, and no more than once");
        assert_eq!(polled["number"], joined["number"]);
    }

    let ask = async |user: &seatline_tests::TestUser, instance: usize| {
        user.by(cluster.client_of(instance)).get("/api/v1/queue/token").send().await
    };
    ask(&ada, new).await.problem(401, "queue_token_invalid");
    ask(&renewed, 0).await.problem(401, "queue_token_invalid");
    let found = ada.by(cluster.client_of(new)).try_join(&sale.concert_id).await.of_kind(200, TOKEN);
    assert_eq!(
        (&found["number"], &found["token"]),
        (&joined["number"], &by_both["token"]),
        "the place is kept"
    );
    cluster.end().await;
}

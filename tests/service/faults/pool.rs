//! A single connection for booking, and a row that somebody else keeps.

use std::time::Duration;

use seatline_tests::{Cluster, ClusterOptions, Sale, eventually};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_row_blocks_nothing_but_what_needs_the_connection() {
    let options =
        ClusterOptions { db_pool_size: 1, db_wait: Duration::from_millis(400), ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let (ada, mut bob) = (cluster.user().await.enter(&sale).await, cluster.user().await);
    bob.join(&sale).await;
    ada.charge(5).await;
    let stranger = cluster.user().await;
    let row = format!("SELECT 1 FROM wallets WHERE user_id = '{}' FOR UPDATE", ada.user_id);
    let lock = cluster.database().lock_by(&row).await;
    let charge = tokio::spawn({
        let ada = ada.clone();
        async move { ada.try_charge("blocked", 5).await }
    });
    eventually("who needs that connection is refused", async || {
        (stranger.get("/api/v1/points").send().await.code().as_deref() == Some("unavailable")).then_some(())
    })
    .await;
    // Who needs none is answered, and who needs another: health, the public, everybody in line, and who joins it.
    cluster.client().get("/health/live").send().await.json(200);
    cluster.client().get(&format!("/api/v1/concerts/{}/queue", sale.concert_id)).send().await.json(200);
    assert!(!charge.is_finished(), "all this while the connection waits");
    charge.await.unwrap().problem(503, "unavailable");
    lock.release().await;
    assert_eq!(ada.try_charge("blocked", 5).await.json(201)["balance"], json!(10), "once");
    assert_eq!(bob.poll().await["position"], 1);
    cluster.end().await;
}

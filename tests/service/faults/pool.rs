//! A single connection for booking, and a row that somebody else keeps.

use std::time::Duration;

use seatline_tests::{Cluster, ClusterOptions, Sale, eventually};
use serde_json::json;

/// Connections that wait for a row.
const WAITING: &str = "SELECT pid::text FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_row_blocks_nothing_but_what_needs_the_connection() {
    let options =
        ClusterOptions { db_pool_size: 1, db_wait: Duration::from_secs(1), ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let (ada, mut bob) = (cluster.user().await.enter(&sale).await, cluster.user().await);
    bob.join(&sale).await;
    ada.charge(5).await;
    let stranger = cluster.user().await;
    let row = format!("SELECT 1 FROM wallets WHERE user_id = '{}' FOR UPDATE", ada.user_id);
    let lock = cluster.database().lock_by(&row).await;
    // A charge waits for its row for seconds. On a machine that takes longer for all this, another one is made.
    let charge = eventually("all this goes on while a charge keeps the connection", async || {
        let charge = tokio::spawn({
            let ada = ada.clone();
            async move { ada.try_charge("blocked", 5).await }
        });
        eventually("the charge waits for its row, or is over", async || {
            (charge.is_finished() || !cluster.database().query(WAITING).await.is_empty()).then_some(())
        })
        .await;
        let refused = stranger.get("/api/v1/points").send().await.code();
        // Requests that need no connection are answered, and those that need another one too.
        cluster.client().get("/health/live").send().await.json(200);
        cluster.client().get(&format!("/api/v1/concerts/{}/queue", sale.concert_id)).send().await.json(200);
        let kept = !charge.is_finished();
        let charge = charge.await.unwrap();
        (kept && refused.as_deref() == Some("unavailable")).then_some(charge)
    })
    .await;
    charge.problem(503, "unavailable");
    lock.release().await;
    assert_eq!(ada.try_charge("blocked", 5).await.json(201)["balance"], json!(10), "once");
    assert_eq!(bob.poll().await["position"], 1);
    cluster.end().await;
}

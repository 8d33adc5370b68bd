use seatline_bootstrap::KeptEvents;
use seatline_tests::{ClusterOptions, Sale, eventually};
use serde_json::{Value, json};

use super::{cluster, cluster_with};

async fn every_event() -> seatline_tests::Cluster {
    cluster_with(&ClusterOptions { events: KeptEvents::On, ..ClusterOptions::default() }).await
}

/// The amounts of the charges that are told.
fn amounts(page: &Value) -> Vec<u64> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|event| event["data"]["amount"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_read_in_their_order_and_once() {
    let cluster = every_event().await;
    let operator = cluster.operator();
    let begin = operator.events(None, 100).await;
    assert_eq!(begin["items"], json!([]));
    let ada = cluster.user().await;
    for amount in 1..=7 {
        ada.charge(amount).await;
    }
    let mut cursor = begin["nextCursor"].as_str().unwrap().to_owned();
    let mut read = Vec::new();
    eventually("all are published", || {
        let operator = operator.clone();
        async move { Some(operator.events(None, 100).await).filter(|page| amounts(page).len() == 7) }
    })
    .await;
    loop {
        let page = operator.events(Some(&cursor), 3).await;
        cursor = page["nextCursor"].as_str().unwrap().to_owned();
        read.extend(amounts(&page));
        if amounts(&page).is_empty() {
            break;
        }
    }
    assert_eq!(read, [1, 2, 3, 4, 5, 6, 7]);
    let event = &operator.events(None, 1).await["items"][0];
    assert_eq!(event["type"], "charge.completed");
    let bad = operator.request("GET", "/api/v1/admin/events?after=7").send().await;
    assert_eq!(bad.problem(400, "malformed_request")["field"], "after");
    let limit = operator.request("GET", "/api/v1/admin/events?limit=101").send().await;
    assert_eq!(limit.problem(422, "invalid_value")["field"], "limit");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_committed_late_is_not_skipped() {
    let cluster = every_event().await;
    let operator = cluster.operator();
    let late = cluster
        .database()
        .lock_by(
            "INSERT INTO outbox (kind, subject, at, data)
             VALUES ('charge.completed', gen_random_uuid(), now(), '{\"amount\": 1}')",
        )
        .await;
    cluster.user().await.charge(2).await;
    let first = eventually("the other one is published", || async {
        Some(operator.events(None, 100).await).filter(|page| !amounts(page).is_empty())
    })
    .await;
    assert_eq!(amounts(&first), [2]);
    late.commit().await;
    let next = eventually("the late one is published", || async {
        let page = operator.events(first["nextCursor"].as_str(), 100).await;
        Some(page).filter(|page| !amounts(page).is_empty())
    })
    .await;
    assert_eq!(amounts(&next), [1]);
    assert_eq!(amounts(&operator.events(None, 100).await), [2, 1], "in the order of their commits");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_webhook_and_unless_all_are_kept_there_is_nothing() {
    let cluster = cluster(1).await;
    let sale = Sale::open(&cluster.operator()).await;
    let tables = ["outbox", "events", "deliveries"];
    // What is wanted is known once it was read.
    let mut ada = cluster.user().await.enter(&sale).await;
    let count = async || {
        let mut counts = Vec::new();
        for table in tables {
            counts.extend(cluster.database().query(&format!("SELECT count(*) FROM {table}")).await);
        }
        counts
    };
    eventually("nothing is left", || async {
        Some(count().await).filter(|counts| counts == &["0", "0", "0"])
    })
    .await;
    ada.charge(10 * Sale::PRICE).await;
    ada.buy(&sale, &[7]).await;
    assert_eq!(count().await, ["0", "0", "0"]);
    cluster.end().await;
}

use std::collections::BTreeSet;

use seatline_tests::{Cluster, ClusterOptions, together};
use serde_json::json;

use super::{INSTANCES, outcomes, tally};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_charges_add_up_exactly() {
    for instances in INSTANCES {
        let cluster = Cluster::start_with(ClusterOptions { instances, ..ClusterOptions::default() }).await;
        let ada = cluster.user().await;
        let charges = (1..=100_u32).map(|cents| {
            let ada = ada.by(cluster.client_of(usize::try_from(cents).unwrap() % instances));
            async move { ada.try_charge(&format!("charge {cents}"), format!("10.{:02}", cents - 1)).await }
        });
        let answers = together(charges).await;
        assert_eq!(tally(&answers), outcomes([("201", 100)]));
        // 100 times 10, and 0 to 99 cents.
        assert_eq!(ada.balance().await, json!(1_049.5));
        let entries = ada.entries().await;
        assert_eq!(entries.len(), 100);
        let ids: BTreeSet<_> = entries.iter().map(|entry| entry["entryId"].to_string()).collect();
        assert_eq!(ids.len(), 100);
        assert_eq!(entries[0]["balanceAfter"], json!(1_049.5), "the newest entry has it all");
        cluster.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_charges_once_however_often_it_is_sent_at_the_same_time() {
    for instances in INSTANCES {
        let cluster = Cluster::start_with(ClusterOptions { instances, ..ClusterOptions::default() }).await;
        let ada = cluster.user().await;
        let charges = (0..40).map(|index| {
            let ada = ada.by(cluster.client_of(index % instances));
            async move { ada.try_charge("one key", 7).await }
        });
        let answers = together(charges).await;
        assert_eq!(tally(&answers), outcomes([("201", 40)]));
        let first = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none());
        assert_eq!(first.count(), 1, "all but one say that they repeat it");
        assert!(answers.iter().all(|answer| answer.json(201) == answers[0].json(201)), "one answer for all");
        assert_eq!((ada.balance().await, ada.entries().await.len()), (json!(7), 1));
        cluster.end().await;
    }
}

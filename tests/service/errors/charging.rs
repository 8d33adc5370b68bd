//! Charges by a provider, where there is none.

use seatline_tests::{Cluster, ClusterOptions};
use uuid::Uuid;

use super::cases;

cases! {
    "charge_not_found" [] |cluster| {
        let path = format!("/api/v1/points/charges/{}", Uuid::nil());
        cluster.user().await.get(&path).send().await
    }
    "charging_closed" [] |_cluster| {
        let options = ClusterOptions { payments: "operator", ..ClusterOptions::default() };
        let cluster = Cluster::start_with(options).await;
        let answer = cluster.user().await.try_charge("key", 1).await;
        cluster.end().await;
        answer
    }
}

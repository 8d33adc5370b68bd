//! Other systems are told of events, or ask for them.

mod delivering;
mod feed;
mod making;
mod taking_over;

use seatline_tests::{Cluster, ClusterOptions};

/// Instances that may call the receivers of these tests.
async fn cluster(instances: usize) -> Cluster {
    cluster_with(&ClusterOptions { instances, ..ClusterOptions::default() }).await
}

async fn cluster_with(options: &ClusterOptions) -> Cluster {
    Cluster::start_with(ClusterOptions { webhook_networks: "127.0.0.0/8", ..*options }).await
}

/// Every type of events.
const ALL: [&str; 9] = [
    "reservation.held",
    "reservation.expired",
    "reservation.cancelled",
    "payment.completed",
    "payment.refunded",
    "charge.completed",
    "performance.changed",
    "performance.cancelled",
    "ticket.checked_in",
];

//! Clients that are slow, that vanish, or that are very many: bounded by a deadline, nothing half done, no transaction
//! left open, and others are still served.

mod crowds;
mod slow;
mod vanishing;

use std::time::Duration;

use seatline_tests::{Cluster, ClusterOptions, Fixture, Sale, TestUser, connections_at, eventually};

/// How long clients may keep the server waiting in these tests: longer than good ones take on a busy machine.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(2);

/// A user in their turn, on an instance with short time-outs.
async fn start(seats: u32) -> Fixture {
    let options = ClusterOptions { client_timeout: CLIENT_TIMEOUT, ..ClusterOptions::default() };
    Fixture::start(options, Sale::builder().seats(seats)).await
}

/// Ends the test once nobody is connected any more and no transaction is open.
async fn end(cluster: Cluster) {
    // Good clients keep their connections for a while, too.
    eventually("nobody is connected", async || (connections_at(cluster.address(0)).ok()? == 0).then_some(()))
        .await;
    eventually("no transaction is open", async || {
        let open = "SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL";
        (cluster.database().query(open).await == ["0"]).then_some(())
    })
    .await;
    cluster.end().await;
}

/// Headers that say who is asking and whose turn it is.
fn credentials(user: &TestUser) -> String {
    format!(
        "Host: seatline\r\nAuthorization: Bearer {}\r\nQueue-Token: {}\r\n",
        user.access_token,
        user.queue_token.as_deref().unwrap_or_default()
    )
}

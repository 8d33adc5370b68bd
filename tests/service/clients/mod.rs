//! Clients that are slow, that vanish, or that are very many: bounded by a deadline, nothing half done, no transaction
//! left open, and others are still served.

mod crowds;
mod slow;
mod vanishing;

use std::time::Duration;

use seatline_tests::{Cluster, Person, Sale, Setup, connections_at, eventually};

/// How long clients may keep the server waiting in these tests.
const CLIENT_PATIENCE: Duration = Duration::from_millis(700);

/// An impatient instance, and somebody in their turn.
struct Scene {
    cluster: Cluster,
    sale: Sale,
    ada: Person,
}

impl Scene {
    async fn set(seats: u32) -> Self {
        let setup = Setup { client_patience: CLIENT_PATIENCE, ..Setup::default() };
        let cluster = Cluster::start_with(setup).await;
        let sale = Sale::plan().seats(seats).open(&cluster.operator()).await;
        let ada = cluster.person().await.enter(&sale).await;
        Self { cluster, sale, ada }
    }

    /// Headers that say who is asking and whose turn it is.
    fn credentials(&self) -> String {
        credentials(&self.ada)
    }

    /// Ends the test once nobody is connected any more and no transaction is open.
    async fn end(self) {
        // Good clients keep their connections for a while, too.
        eventually("nobody is connected", async || {
            (connections_at(self.cluster.address(0)).ok()? == 0).then_some(())
        })
        .await;
        eventually("no transaction is open", async || {
            let open = "SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL";
            (self.cluster.database().query(open).await == ["0"]).then_some(())
        })
        .await;
        self.cluster.end().await;
    }
}

fn credentials(person: &Person) -> String {
    format!(
        "Host: seatline\r\nAuthorization: Bearer {}\r\nQueue-Token: {}\r\n",
        person.access_token,
        person.queue_token.as_deref().unwrap_or_default()
    )
}

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use seatline_tests::{ADMIN_KEY, Client, Cluster, Sale, eventually, together};

use super::as_deployed;

/// Those who look keep asking for what a table has of which nobody can read. They take the connections of their share as
/// soon as one is free.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_only_looks_keeps_no_connection_from_those_who_book() {
    let (audit, concerts) = ("/api/v1/admin/concerts/CONCERT/audit", "/api/v1/concerts");
    let cases = [("browsing", 4, "audit_entries", audit), ("public", 1, "concerts", concerts)];
    for (share, connections, table, path) in cases {
        let cluster = Cluster::start_with(as_deployed()).await;
        let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        let lock = cluster.database().lock(table).await;
        let done = Arc::new(AtomicBool::new(false));
        let path = path.replace("CONCERT", &sale.concert_id);
        let lookers: Vec<_> = (0..32).map(|_| look(cluster.client(), path.clone(), done.clone())).collect();
        let looking = tokio::spawn(together(lookers));
        let all_wait = async || {
            let waiting = format!(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                 AND application_name = 'seatline {share}' AND wait_event_type = 'Lock'"
            );
            let waiting: usize = cluster.database().query(&waiting).await.concat().parse().unwrap();
            (waiting >= connections).then_some(())
        };
        eventually("all their connections wait", all_wait).await;
        let mut bob = cluster.user().await;
        bob.join(&sale).await;
        ada.charge(Sale::PRICE).await;
        ada.pay(&ada.hold(&sale, &[7]).await).await;
        bob.until("ACTIVE").await;
        eventually("all their connections wait again", all_wait).await;
        done.store(true, Ordering::Relaxed);
        lock.release().await;
        looking.await.unwrap();
        cluster.end().await;
    }
}

async fn look(client: Client, path: String, done: Arc<AtomicBool>) {
    while !done.load(Ordering::Relaxed) {
        let answer = client.get(&path).bearer(ADMIN_KEY).send().await;
        if answer.status != 200 {
            answer.problem(503, "unavailable");
        }
    }
}

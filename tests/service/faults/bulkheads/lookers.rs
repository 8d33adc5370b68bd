use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use seatline_tests::{ADMIN_KEY, Client, Cluster, Sale, eventually, together};

use super::as_deployed;

/// Makes statements of the public's wait for longer than anybody waits for them.
const SLOW_PUBLIC: &str = "
    CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('application_name') = 'seatline public' THEN
            PERFORM pg_sleep(60);
        END IF;
        RETURN pg_catalog.clock_timestamp();
    END $$;
    DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database());
    END $$";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_only_looks_keeps_no_connection_from_those_who_book() {
    let cluster = Cluster::start_with(as_deployed()).await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let lock = cluster.database().lock("audit_entries").await;
    let audit = format!("/api/v1/admin/concerts/{}/audit", sale.concert_id);
    book_while_others_look(&cluster, &sale, &audit, "browsing", 4).await;
    lock.release().await;
    cluster.end().await;
}

/// Only one of a kind is read at a time, however many ask.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_public_keeps_no_connection_from_those_who_book() {
    let cluster = Cluster::start_with(as_deployed()).await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    cluster.database().execute(SLOW_PUBLIC).await;
    let performances = format!("/api/v1/concerts/{}/performances", sale.concert_id);
    book_while_others_look(&cluster, &sale, &performances, "public", 1).await;
    cluster.end().await;
}

/// Books, while those who look keep so many connections of a share: they ask again as soon as they are answered.
async fn book_while_others_look(cluster: &Cluster, sale: &Sale, path: &str, share: &str, connections: usize) {
    let ada = cluster.user().await.enter(sale).await;
    let done = Arc::new(AtomicBool::new(false));
    let lookers: Vec<_> = (0..32).map(|_| look(cluster.client(), path.to_owned(), done.clone())).collect();
    let looking = tokio::spawn(together(lookers));
    let busy = format!(
        "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'seatline {share}' AND state = 'active'"
    );
    let all_are_busy = async || {
        let busy: usize = cluster.database().query(&busy).await.concat().parse().unwrap();
        (busy >= connections).then_some(())
    };
    eventually("all their connections are busy", all_are_busy).await;
    let mut bob = cluster.user().await;
    bob.join(sale).await;
    ada.charge(Sale::PRICE).await;
    ada.pay(&ada.hold(sale, &[7]).await).await;
    bob.until("ACTIVE").await;
    eventually("all their connections are busy again", all_are_busy).await;
    done.store(true, Ordering::Relaxed);
    looking.await.unwrap();
}

async fn look(client: Client, path: String, done: Arc<AtomicBool>) {
    while !done.load(Ordering::Relaxed) {
        let answer = client.get(&path).bearer(ADMIN_KEY).send().await;
        if answer.status != 200 {
            answer.problem(503, "unavailable");
        }
    }
}

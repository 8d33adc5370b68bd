//! What grows, and what is removed after a time.

use std::time::Duration;

use seatline_bootstrap::Retention;
use seatline_tests::{Cluster, ClusterOptions, Sale, eventually};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_never_did_anything_goes_and_one_that_is_used_stays() {
    let options =
        ClusterOptions { keep_idle_accounts: Retention::For(90 * DAY), ..ClusterOptions::default() };
    let mut cluster = Cluster::start().await;
    let (ada, bob, eve) = (cluster.user().await, cluster.user().await, cluster.user().await);
    bob.charge(1).await;
    let database = cluster.database();
    database.execute("UPDATE users SET created_at = created_at - interval '90 days'").await;
    let young = cluster.user().await;
    // Every instance looks as soon as it starts.
    let looking = cluster.add(options).await;
    let found = async |expected: &[&str]| {
        let mut expected: Vec<_> = expected.iter().map(|id| (*id).to_owned()).collect();
        expected.sort();
        let found = "SELECT user_id::text FROM idle_accounts ORDER BY 1";
        (cluster.database().query(found).await == expected).then_some(())
    };
    eventually("both are found", async || found(&[&ada.user_id, &eve.user_id]).await).await;
    eve.by(cluster.client_of(looking)).profile().await;
    eventually("one of them is used", async || found(&[&ada.user_id]).await).await;
    cluster.database().execute("UPDATE idle_accounts SET found_at = found_at - interval '1 hour'").await;
    let removing = cluster.add(options).await;
    let gone = ada.by(cluster.client_of(removing));
    eventually("the other is gone", async || {
        let answer = gone.get("/api/v1/users/me").send().await;
        (answer.status != 200).then(|| answer.problem(401, "unauthenticated"))
    })
    .await;
    for user in [&bob, &eve, &young] {
        user.by(cluster.client_of(removing)).profile().await;
    }
    let left = "SELECT (SELECT count(*) FROM users) || ' ' || (SELECT count(*) FROM wallets)";
    assert_eq!(cluster.database().query(left).await, ["3 3"]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passes_of_a_closed_room_go_and_what_was_bought_stays() {
    let options = ClusterOptions { keep_passes: Retention::For(30 * DAY), ..ClusterOptions::default() };
    let mut cluster = Cluster::start().await;
    let (closed, open) = (Sale::open(&cluster.operator()).await, Sale::open(&cluster.operator()).await);
    let (ada, bob) = (cluster.user().await.enter(&closed).await, cluster.user().await.enter(&closed).await);
    ada.charge(Sale::PRICE).await;
    ada.pay(&ada.hold(&closed, &[7]).await).await;
    bob.leave().await;
    let other = cluster.user().await.enter(&open).await;
    other.leave().await;
    let start = format!(
        "UPDATE performances SET starts_at = now() - interval '30 days', sales_open_at = NULL
         WHERE concert_id = '{}'",
        closed.concert_id
    );
    cluster.database().execute(&start).await;
    // Every instance looks as soon as it starts.
    cluster.add(options).await;
    eventually("its passes are gone", async || {
        let left = "SELECT concert_id::text FROM passes";
        (cluster.database().query(left).await == [open.concert_id.clone()]).then_some(())
    })
    .await;
    for user in [&ada, &bob] {
        user.get("/api/v1/queue/token").send().await.problem(401, "queue_token_invalid");
        user.request("DELETE", "/api/v1/queue/token").send().await.problem(401, "queue_token_invalid");
    }
    assert_eq!(other.poll().await["state"], "LEFT");
    assert_eq!(ada.profile().await["seatsTotal"], 1);
    cluster.end().await;
}

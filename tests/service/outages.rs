//! A database that is busy, locked or gone: clear answers in bounded time, and nothing done twice or by halves.

use std::time::Duration;

use seatline_tests::{Cluster, ClusterOptions, Sale, eventually, together};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_table_makes_its_own_operations_unavailable() {
    let cluster = Cluster::start().await;
    let ada = cluster.user().await;
    let lock = cluster.database().lock("wallets").await;
    let charge = tokio::spawn({
        let ada = ada.clone();
        async move { ada.try_charge("key", 5).await }
    });
    cluster.client().get("/api/v1/concerts").send().await.json(200);
    assert_eq!(ada.get("/api/v1/points/entries").send().await.json(200)["items"], json!([]));
    charge.await.unwrap().problem(503, "unavailable");
    lock.release().await;
    assert_eq!(ada.try_charge("key", 5).await.json(201)["balance"], 5, "what was refused was not done");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_free_connection_nobody_waits_for_long() {
    let options =
        ClusterOptions { db_pool_size: 1, db_wait: Duration::from_millis(100), ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let (ada, stranger) = (cluster.user().await, cluster.user().await);
    let lock = cluster.database().lock("wallets").await;
    let charge = tokio::spawn({
        let ada = ada.clone();
        async move { ada.try_charge("key", 5).await }
    });
    // The one connection for booking waits for the lock; so it is not known who a stranger is.
    eventually("no connection is free", async || {
        let answer = stranger.get("/api/v1/points").send().await;
        (answer.code().as_deref() == Some("unavailable")).then_some(())
    })
    .await;
    cluster.client().get("/health/live").send().await.json(200);
    charge.await.unwrap().problem(503, "unavailable");
    lock.release().await;
    assert_eq!(ada.charge(5).await["balance"], 5);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_cut_again_and_again_lose_and_repeat_nothing() {
    const CUTS: usize = 30;
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let people = cluster.users(20).await;
    let charges = people.clone().into_iter().map(|user| async move {
        for charge in 0..10 {
            let key = format!("charge {charge}");
            eventually("charged", async || {
                let answer = user.try_charge(&key, 1).await;
                if answer.status != 201 {
                    answer.problem(503, "unavailable");
                }
                (answer.status == 201).then_some(())
            })
            .await;
        }
    });
    let charging = tokio::spawn(together(charges));
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for _ in 0..CUTS {
        cluster.database().query(cut).await;
    }
    charging.await.unwrap();
    for user in people {
        let found = eventually("its balance can be read", async || {
            let answer = user.get("/api/v1/points").send().await;
            (answer.status == 200).then(|| answer.json(200)["balance"].clone())
        })
        .await;
        assert_eq!((found, user.entries().await.len()), (json!(10), 10));
    }
    cluster.end().await;
}

/// Without its database an instance cannot know the line; it says nothing rather than what another might contradict.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_away_polls_say_nothing_and_positions_do_not_rise() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let (sale, name) =
        (Sale::builder().capacity(1).open(&cluster.operator()).await, cluster.database().name().await);
    let mut people = cluster.users(5).await;
    for user in &mut people {
        user.join(&sale).await;
    }
    people[2].leave().await;
    let last = [people[4].by(cluster.client_of(0)), people[4].by(cluster.client_of(1))];
    for instance in &last {
        eventually("the departure is told", async || (instance.poll().await["position"] == 3).then_some(()))
            .await;
    }
    cluster.database().refuse_connections().await;
    for instance in &last {
        eventually("polls are refused", async || {
            let answer = instance.get("/api/v1/queue/token").send().await;
            (answer.status == 503).then(|| answer.problem(503, "unavailable")["retryAfterSeconds"].is_u64())
        })
        .await;
    }
    cluster.database().accept_connections(&name).await;
    for instance in &last {
        eventually("polls are answered", async || {
            let answer = instance.get("/api/v1/queue/token").send().await;
            (answer.status == 200).then(|| assert_eq!(answer.json(200)["position"], 3))
        })
        .await;
    }
    cluster.end().await;
}

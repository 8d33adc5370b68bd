//! Clients are kept to a rate: nothing is done for those who ask too often, and others do not notice.

use seatline_bootstrap::Switch;
use seatline_tests::contract::{BALANCE, TOKEN};
use seatline_tests::{Cluster, ClusterOptions, Sale, TestUser, eventually, together};
use serde_json::json;

/// More than any burst and than what is refilled meanwhile.
const MANY: usize = 400;

pub(super) fn limited() -> ClusterOptions {
    ClusterOptions { rate_limits: Switch::On, ..ClusterOptions::default() }
}

/// Charges a point under ever new keys until that is refused. Gives how many were charged, and the refused key.
async fn charge_too_often(user: &TestUser) -> (usize, String) {
    for charged in 0.. {
        let key = format!("too often {charged}");
        let answer = user.try_charge(&key, 1).await;
        if answer.status != 201 {
            answer.problem(429, "rate_limited");
            return (charged, key);
        }
        assert!(charged < MANY, "never refused");
    }
    unreachable!()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_charges_too_often_is_refused_alone_and_nothing_is_done() {
    let cluster = Cluster::start_with(limited()).await;
    let (ada, bob) = (cluster.user().await, cluster.user().await);
    let (charged, key) = charge_too_often(&ada).await;
    assert!(charged >= 10, "{charged}");
    assert_eq!(ada.get("/api/v1/points").send().await.of_kind(200, BALANCE)["balance"], charged);

    let rows = cluster.database().census().await;
    for table in ["ledger_entries", "idempotency_keys"] {
        assert_eq!(rows[table], charged.to_string(), "a refusal leaves nothing behind in {table}");
    }
    bob.charge(5).await;
    assert_eq!(bob.balance().await, 5, "another user on the same address");
    let done = eventually("the refused key can be used", async || {
        let answer = ada.try_charge(&key, 1).await;
        (answer.status == 201).then_some(answer)
    })
    .await;
    assert_eq!(done.header("idempotency-replayed"), None, "it was not done before");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_or_holds_too_often_is_refused_and_keeps_what_they_have() {
    let cluster = Cluster::start_with(limited()).await;
    let sale = Sale::open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let held = ada.hold(&sale, &[7]).await;
    let joins = together((0..MANY).map(|_| {
        let (ada, sale) = (ada.clone(), sale.clone());
        async move { ada.try_join(&sale.concert_id).await }
    }))
    .await;
    let holds = together((0..MANY).map(|_| {
        let (ada, sale) = (ada.clone(), sale.clone());
        async move { ada.try_hold(&sale, &[7]).await }
    }))
    .await;
    for answers in [joins, holds] {
        let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert!(taken.len() >= 19 && !refused.is_empty(), "{} taken, {} refused", taken.len(), refused.len());
        for answer in refused {
            answer.problem(429, "rate_limited");
        }
    }
    for _ in 0..MANY {
        assert_eq!(ada.poll().await["state"], "ACTIVE", "polls are not limited");
    }
    assert_eq!(ada.reservation(&held).await, held);
    assert_eq!(ada.seat(&sale, 7).await, ("HELD".to_owned(), true));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_registers_too_often_makes_no_more_users() {
    let cluster = Cluster::start_with(limited()).await;
    let ada = cluster.user().await;
    let client = cluster.client();
    let answers = together((0..MANY).map(|_| {
        let client = client.clone();
        async move { client.post("/api/v1/users").json(&json!({})).send().await }
    }))
    .await;
    let (opened, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert!(opened.len() >= 99 && !refused.is_empty(), "{} opened, {} refused", opened.len(), refused.len());
    for answer in &refused {
        answer.problem(429, "rate_limited");
    }
    let users = cluster.database().census().await["users"].clone();
    assert_eq!(users, (opened.len() + 1).to_string(), "one for each who was told so, and Ada");
    ada.charge(1).await;
    let sale = Sale::open(&cluster.operator()).await;
    ada.try_join(&sale.concert_id).await.of_kind(201, TOKEN);
    cluster.end().await;
}

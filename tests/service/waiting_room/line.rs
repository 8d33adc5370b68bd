use std::collections::BTreeSet;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use futures::future::join_all;
use seatline_tests::contract::{QUEUE, TOKEN};
use seatline_tests::{Cluster, ClusterOptions, Sale, TestUser, eventually, together};
use serde_json::{Value, json};

/// People who have joined one after the other, each asking the next instance.
async fn in_line(cluster: &Cluster, sale: &Sale, count: usize) -> Vec<TestUser> {
    let mut people = cluster.users(count).await;
    for user in &mut people {
        user.join(sale).await;
    }
    people
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_admitted_in_the_order_they_came() {
    for instances in [1, 2] {
        let cluster = Cluster::start_with(ClusterOptions { instances, ..ClusterOptions::default() }).await;
        let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
        let people = in_line(&cluster, &sale, 5).await;
        for (turn, user) in people.iter().enumerate() {
            user.until("ACTIVE").await;
            for (place, later) in people.iter().enumerate().skip(turn + 1) {
                let ahead = u64::try_from(place - turn - 1).unwrap();
                let waiting = eventually("everybody moves up", async || {
                    let token = later.poll().await;
                    (token["ahead"] == ahead).then_some(token)
                })
                .await;
                assert_eq!((&waiting["state"], &waiting["position"]), (&json!("WAITING"), &json!(ahead + 1)));
                assert_eq!(waiting["expiresAt"], Value::Null);
            }
            user.leave().await;
        }
        cluster.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_are_dense_and_the_lowest_are_admitted() {
    const PEOPLE: u64 = 80;
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().capacity(10).open(&cluster.operator()).await;
    let people = cluster.users(usize::try_from(PEOPLE).unwrap()).await;
    let joined = together(people.into_iter().map(|mut user| {
        let sale = sale.clone();
        async move {
            let token = user.join(&sale).await;
            (token["number"].as_u64().unwrap(), user)
        }
    }))
    .await;
    let numbers: BTreeSet<_> = joined.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=PEOPLE).collect());
    for (number, user) in &joined {
        let expected = if *number <= 10 { ("ACTIVE", 0) } else { ("WAITING", number - 10) };
        eventually(&format!("number {number} is {expected:?}"), async || {
            let token = user.poll().await;
            (token["state"] == expected.0 && token["position"] == expected.1).then_some(())
        })
        .await;
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_user_asking_many_times_at_once_has_one_place() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let _first = cluster.user().await.enter(&sale).await;
    let ada = cluster.user().await;
    let joins = (0..20).map(|index| {
        let (ada, concert_id) = (ada.by(cluster.client_of(index % 2)), sale.concert_id.clone());
        async move { ada.try_join(&concert_id).await }
    });
    let answers = together(joins).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "one new token");
    let tokens: BTreeSet<_> =
        answers.iter().map(|one| one.of_kind(one.status, TOKEN)["token"].to_string()).collect();
    assert_eq!(tokens.len(), 1);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_count_down_when_somebody_ahead_leaves() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let people = in_line(&cluster, &sale, 5).await;
    let (active, second, third, last) = (&people[0], &people[1], &people[2], &people[4]);
    assert_eq!(last.poll().await["position"], 4);
    third.leave().await;
    eventually("one fewer ahead", async || (last.poll().await["position"] == 3).then_some(())).await;
    assert_eq!(second.poll().await["position"], 1, "who was ahead of the one that left stays there");
    second.leave().await;
    eventually("one fewer ahead", async || (last.poll().await["position"] == 2).then_some(())).await;
    assert_eq!(active.poll().await["state"], "ACTIVE");
    active.leave().await;
    people[3].until("ACTIVE").await;
    assert_eq!(third.poll().await["state"], "LEFT", "who left is passed over");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joining_again_keeps_the_place() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    let people = in_line(&cluster, &sale, 3).await;
    for (user, position) in people.iter().zip(0..) {
        let again = user.by(cluster.client_of(1)).try_join(&sale.concert_id).await.of_kind(200, TOKEN);
        assert_eq!(again["token"].as_str(), user.queue_token.as_deref(), "the very same token");
        assert_eq!((&again["number"], &again["position"]), (&json!(position + 1), &json!(position)));
    }
    people[1].leave().await;
    let back = people[1].try_join(&sale.concert_id).await.of_kind(201, TOKEN);
    assert_eq!((&back["number"], &back["position"]), (&json!(4), &json!(2)), "who left starts at the end");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_carries_the_users_uuid() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let mut ada = cluster.user().await;
    let token = ada.join(&sale).await;
    let payload = token["token"].as_str().unwrap().split_once('.').unwrap().0;
    let payload: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!((&payload["userId"], &payload["concertId"]), (&json!(ada.user_id), &json!(sale.concert_id)));
    assert_eq!(payload["number"], token["number"]);
    let issued_at = DateTime::from_timestamp_micros(payload["issuedAtMicros"].as_i64().unwrap()).unwrap();
    assert_eq!(issued_at, token["issuedAt"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap());
    assert!(payload["keyId"].is_string());
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anybody_sees_the_figures() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::builder().capacity(2).open(&cluster.operator()).await;
    let people = in_line(&cluster, &sale, 5).await;
    people[4].leave().await;
    let path = format!("/api/v1/concerts/{}/queue", sale.concert_id);
    for instance in 0..2 {
        let expected = json!({
            "concertId": sale.concert_id, "state": "OPEN", "nowServing": 2, "lastNumber": 5, "waiting": 2,
            "active": 2, "capacity": 2, "admitPerMinute": null,
        });
        eventually("every instance tells the same", async || {
            let answer = cluster.client_of(instance).get(&path).send().await;
            assert_eq!(answer.header("cache-control"), Some("public, max-age=1"));
            (answer.of_kind(200, QUEUE) == expected).then_some(())
        })
        .await;
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_different_concerts_do_not_touch() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sales =
        join_all([Sale::builder().capacity(1).open(&operator), Sale::builder().capacity(1).open(&operator)])
            .await;
    let ada = cluster.user().await;
    for sale in &sales {
        let mut ada = ada.clone();
        let token = ada.join(sale).await;
        assert_eq!((&token["number"], &token["state"]), (&json!(1), &json!("ACTIVE")));
        assert_eq!(ada.poll().await["concertId"], sale.concert_id);
    }
    cluster.end().await;
}

//! Changes of the programme while seats are sold.

use futures::future::join_all;
use seatline_tests::contract::{CONCERT, PERFORMANCE, RESERVATION};
use seatline_tests::{Cluster, ClusterOptions, Sale, TestUser, eventually};
use serde_json::{Value, json};

async fn shown(user: &TestUser, sale: &Sale) -> Value {
    user.get(&format!("/api/v1/performances/{}", sale.performance_id)).send().await.of_kind(200, PERFORMANCE)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_operator_changes_is_shown_everywhere_and_decides_at_once() {
    let mut cluster = Cluster::start().await;
    let other = cluster.add(ClusterOptions::default()).await;
    let operator = cluster.operator();
    let sale = Sale::open(&operator).await;
    let here = cluster.user().await.enter(&sale).await;
    let there = here.by(cluster.client_of(other));
    let concert = async |user: &TestUser| {
        let path = format!("/api/v1/concerts/{}", sale.concert_id);
        user.get(&path).send().await.of_kind(200, CONCERT)
    };
    // Both remember how it was.
    assert_eq!(
        (concert(&here).await, shown(&here, &sale).await),
        (concert(&there).await, shown(&there, &sale).await)
    );
    there.try_hold(&sale, &[1, 2]).await.problem(409, "seat_limit_exceeded");
    let change = json!({"title": "Spring Gala", "venue": "Small Hall", "maxSeatsPerUser": 2});
    let changed = operator.change_concert(&sale.concert_id, &change).await;
    let held = there.try_hold(&sale, &[1, 2]).await.of_kind(201, RESERVATION);
    assert_eq!(concert(&here).await, changed);
    eventually("the other instance shows it", async || (concert(&there).await == changed).then_some(()))
        .await;
    let closed =
        json!({"salesCloseAt": "2020-01-01T00:00:00Z", "refundableUntil": "2099-12-01T00:00:00+09:00"});
    let changed = operator.change_performance(&sale.performance_id, &closed).await;
    assert_eq!(changed["refundableUntil"], "2099-11-30T15:00:00Z");
    there.try_cancel(&held).await.nothing(204);
    there.try_hold(&sale, &[1]).await.problem(409, "sales_closed");
    assert_eq!(shown(&here, &sale).await["salesCloseAt"], "2020-01-01T00:00:00Z");
    let shows =
        async || (shown(&there, &sale).await["salesCloseAt"] == changed["salesCloseAt"]).then_some(());
    eventually("the other instance shows it", shows).await;
    operator
        .change_performance(
            &sale.performance_id,
            &json!({"salesCloseAt": null, "startsAt": "2099-12-31T23:00:00+09:00"}),
        )
        .await;
    assert_eq!(shown(&here, &sale).await["date"], "2099-12-31");
    there.try_hold(&sale, &[1]).await.of_kind(201, RESERVATION);
    let actions: Vec<_> = operator.audit(&sale.concert_id).await;
    let actions: Vec<_> = actions.iter().map(|entry| entry["action"].as_str().unwrap()).take(3).collect();
    assert_eq!(actions, ["PERFORMANCE_CHANGED", "PERFORMANCE_CHANGED", "CONCERT_CHANGED"]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_and_a_limit_change_while_many_hold_on_another_instance() {
    const PEOPLE: usize = 100;
    let mut cluster = Cluster::start().await;
    let other = cluster.add(ClusterOptions::default()).await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).seats(400).open(&operator).await;
    let enter = async |user: TestUser| user.enter(&sale).await.by(cluster.client_of(other));
    let people = join_all(cluster.users(PEOPLE).await.into_iter().map(enter)).await;
    // Each takes two seats, and gives them back, until sales have closed.
    let buy = async |(place, user): (usize, &TestUser)| {
        let first = u64::try_from(2 * place).unwrap() + 1;
        loop {
            let answer = user.try_hold(&sale, &[first, first + 1]).await;
            match answer.code().as_deref() {
                None => user.try_cancel(&answer.of_kind(201, RESERVATION)).await.nothing(204),
                Some("seat_limit_exceeded") => {}
                Some(_) => return answer.problem(409, "sales_closed"),
            }
        }
    };
    let change = async {
        for round in 0..5 {
            operator.change_concert(&sale.concert_id, &json!({"maxSeatsPerUser": 1 + round % 2})).await;
            let starts_at = format!("2099-12-{}T19:00:00+09:00", 10 + round);
            operator.change_performance(&sale.performance_id, &json!({"startsAt": starts_at})).await;
        }
        operator
            .change_performance(&sale.performance_id, &json!({"salesCloseAt": "2020-01-01T00:00:00Z"}))
            .await;
        // Whoever asks from here on is refused, on every instance.
        people[0].try_hold(&sale, &[399]).await.problem(409, "sales_closed");
    };
    let (refusals, ()) = tokio::join!(join_all(people.iter().enumerate().map(buy)), change);
    assert_eq!(refusals.len(), PEOPLE);
    let sales = operator.sales(&sale.concert_id).await;
    assert_eq!(sales["performances"][0]["held"], 0);
    assert_eq!(sales["performances"][0]["available"], 400);
    cluster.end().await;
}

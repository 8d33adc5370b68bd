//! Those who wait for nothing are told so.

use seatline_tests::contract::TOKEN;
use seatline_tests::{Cluster, ClusterOptions, Sale, TestUser, eventually};
use serde_json::{Value, json};

async fn two_instances() -> Cluster {
    Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await
}

/// Buys a seat in their turn.
async fn buy(user: &TestUser, sale: &Sale, seat: u64) {
    user.charge(Sale::PRICE).await;
    user.pay(&user.hold(sale, &[seat]).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_wait_are_told_when_the_last_seat_is_sold_and_may_join_when_there_are_more() {
    let cluster = two_instances().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(1).capacity(1).open(&operator).await;
    let ada = cluster.user().await.enter(&sale).await;
    let (mut bob, mut eve) = (cluster.user_of(0).await, cluster.user_of(1).await);
    assert_eq!(bob.join(&sale).await["availableSeats"], 1);
    eve.join(&sale).await;
    let mut events = eve.get("/api/v1/queue/token/events").events().await;
    assert_eq!(events.next().await.unwrap().data["state"], "WAITING");
    buy(&ada, &sale, 1).await;
    let over = eve.until("ENDED").await;
    assert_eq!(
        (&over["position"], &over["ahead"], &over["etaSeconds"], &over["availableSeats"]),
        (&json!(0), &json!(0), &Value::Null, &json!(0))
    );
    let mut last = events.next().await.unwrap();
    while last.name == "position" || last.name == "active" {
        last = events.next().await.unwrap();
    }
    assert_eq!((last.name.as_str(), &last.data["state"]), ("ended", &json!("ENDED")));
    assert_eq!(events.next().await, None);
    // Whoever is next may have been let in before the seat was sold; then the turn is theirs.
    let bobs = bob.poll().await;
    assert!(["ENDED", "ACTIVE"].contains(&bobs["state"].as_str().unwrap()), "{bobs}");
    bob.leave().await;
    for instance in 0..2 {
        let there = eve.by(cluster.client_of(instance));
        assert_eq!(there.poll().await, over, "a final state stays, wherever one asks");
        there.try_join(&sale.concert_id).await.problem(409, "sold_out");
        there.try_hold(&sale, &[1]).await.problem(401, "queue_token_expired");
        cluster.user_of(instance).await.try_join(&sale.concert_id).await.problem(409, "sold_out");
    }
    eve.leave().await;
    assert_eq!(eve.poll().await, over, "what has ended cannot be left");

    let more = Sale::builder().seats(2).add_performance(&operator, &sale.concert_id).await;
    let mut anew = eve.by(cluster.client_of(0));
    let token = anew.join(&more).await;
    assert_eq!((&token["number"], &token["availableSeats"]), (&json!(4), &json!(2)));
    assert_eq!(eve.poll().await["state"], "ENDED");
    anew.until("ACTIVE").await;
    buy(&anew, &more, 2).await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_seat_is_held_the_line_goes_on() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(1).capacity(1).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let mut bob = cluster.user().await;
    bob.join(&sale).await;
    let held = ada.hold(&sale, &[1]).await;
    let waiting = eventually("the count", async || {
        let token = bob.poll().await;
        (token["availableSeats"] == 0).then_some(token)
    })
    .await;
    assert_eq!(waiting["state"], "WAITING", "the hold may lapse");
    let (mut eve, mut last) = (cluster.user().await, cluster.user().await);
    for user in [&mut eve, &mut last] {
        assert_eq!(user.join(&sale).await["state"], "WAITING");
    }
    ada.try_cancel(&held).await.nothing(204);
    ada.leave().await;
    bob.until("ACTIVE").await;
    buy(&bob, &sale, 1).await;
    // Eve may have been let in before the count.
    last.until("ENDED").await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_waits_a_sold_out_concert_cannot_be_joined_either() {
    let cluster = two_instances().await;
    let sale = Sale::builder().seats(1).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let bob = cluster.user().await.enter(&sale).await;
    buy(&ada, &sale, 1).await;
    for instance in 0..2 {
        cluster.user_of(instance).await.try_join(&sale.concert_id).await.problem(409, "sold_out");
    }
    let token = bob.try_join(&sale.concert_id).await.of_kind(200, TOKEN);
    assert_eq!(token["state"], "ACTIVE", "a turn is a turn");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_concert_without_performances_may_be_queued_for_and_one_that_has_begun_may_not() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let concert = operator.add_concert(&json!({"title": "Gala", "venue": "Hall"})).await;
    let concert_id = concert["concertId"].as_str().unwrap();
    let token = cluster.user().await.try_join(concert_id).await.of_kind(201, TOKEN);
    assert_eq!(token["availableSeats"], 0);
    Sale::builder().starts_at("2020-01-01T00:00:00Z").add_performance(&operator, concert_id).await;
    cluster.user().await.try_join(concert_id).await.problem(409, "sold_out");
    let to_open = Sale::builder().sales_open_at("2099-12-01T00:00:00Z");
    to_open.add_performance(&operator, concert_id).await;
    let token = cluster.user().await.try_join(concert_id).await.of_kind(201, TOKEN);
    assert_eq!(token["availableSeats"], 50, "its sale is still to open");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_that_closes_ends_the_line_until_it_goes_on() {
    let cluster = two_instances().await;
    let operator = cluster.operator();
    let sale = Sale::builder().capacity(1).open(&operator).await;
    cluster.user().await.enter(&sale).await;
    let mut bob = cluster.user_of(1).await;
    assert_eq!(bob.join(&sale).await["availableSeats"], 50);
    operator.change_performance(&sale.performance_id, &json!({"salesCloseAt": "2020-01-01T00:00:00Z"})).await;
    assert_eq!(bob.until("ENDED").await["availableSeats"], 0);
    for instance in 0..2 {
        cluster.user_of(instance).await.try_join(&sale.concert_id).await.problem(409, "sold_out");
    }
    operator.change_performance(&sale.performance_id, &json!({"salesCloseAt": null})).await;
    assert_eq!(cluster.user().await.join(&sale).await["availableSeats"], 50);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_is_told_to_those_who_wait() {
    let cluster = two_instances().await;
    let operator = cluster.operator();
    let sale = Sale::builder().capacity(1).admit_per_minute(60).open(&operator).await;
    cluster.user().await.enter(&sale).await;
    let mut bob = cluster.user_of(1).await;
    let joined = bob.join(&sale).await;
    assert_eq!((&joined["queueState"], &joined["availableSeats"]), (&json!("OPEN"), &json!(50)));
    let mut events = bob.get("/api/v1/queue/token/events").events().await;
    assert_eq!(events.next().await.unwrap().data["queueState"], "OPEN");
    operator.set_state(&sale.concert_id, "PAUSED").await;
    let paused = eventually("the pause", async || {
        let token = bob.poll().await;
        (token["queueState"] == "PAUSED").then_some(token)
    })
    .await;
    assert_eq!((&paused["state"], &paused["etaSeconds"]), (&json!("WAITING"), &Value::Null));
    let told = events.next().await.unwrap();
    assert_eq!((told.name.as_str(), &told.data["queueState"]), ("position", &json!("PAUSED")));
    operator.set_state(&sale.concert_id, "OPEN").await;
    assert_eq!(events.next().await.unwrap().data["queueState"], "OPEN");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_moves_and_nothing_is_estimated() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().capacity(1).open(&cluster.operator()).await;
    cluster.user().await.enter(&sale).await;
    let mut bob = cluster.user().await;
    assert_eq!(bob.join(&sale).await["etaSeconds"], Value::Null);
    for _ in 0..10 {
        assert_eq!(bob.poll().await["etaSeconds"], Value::Null);
    }
    cluster.end().await;
}

//! One's own hold, and performances that are named by their date.

use seatline_tests::contract::RESERVATION;
use seatline_tests::{Answer, Cluster, ClusterOptions, Sale, TestUser};
use serde_json::json;

async fn hold_on_date(user: &TestUser, sale: &Sale, seat: u64) -> Answer {
    let body = json!({"concertId": sale.concert_id, "date": sale.date, "seatNumbers": [seat]});
    user.request("POST", "/api/v1/reservations").json(&body).send().await
}

async fn today(cluster: &Cluster) -> String {
    cluster.database().query("SELECT date FROM performances").await.remove(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ones_own_hold_is_found_also_after_the_start() {
    let mut cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    let held = ada.hold(&sale, &[7]).await;
    cluster
        .database()
        .execute("UPDATE performances SET starts_at = clock_timestamp(), sales_open_at = NULL, date = current_date")
        .await;
    // It has not cached the performance yet.
    let instance = cluster.add(ClusterOptions::default()).await;
    let (ada, bob) = (ada.by(cluster.client_of(instance)), bob.by(cluster.client_of(instance)));
    let sale = Sale { date: today(&cluster).await, ..sale };
    bob.try_hold(&sale, &[8]).await.problem(409, "performance_started");
    hold_on_date(&bob, &sale, 8).await.problem(409, "performance_started");
    assert_eq!(ada.try_hold(&sale, &[7]).await.of_kind(200, RESERVATION), held);
    assert_eq!(hold_on_date(&ada, &sale, 7).await.of_kind(200, RESERVATION), held);
    ada.try_hold(&sale, &[8]).await.problem(409, "performance_started");
    ada.try_cancel(&held).await.nothing(204);
    ada.try_hold(&sale, &[7]).await.problem(409, "performance_started");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_date_only_what_can_be_booked_counts() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let small = Sale::builder().seats_per_user(2).seats(1);
    let evening = small.clone().open(&operator).await;
    let matinee = small.clone().starts_at("2099-12-24T14:00:00+09:00");
    let matinee = matinee.add_performance(&operator, &evening.concert_id).await;
    let late = small.starts_at("2099-12-24T22:00:00+09:00").sales_open_at("2099-12-01T00:00:00Z");
    late.add_performance(&operator, &evening.concert_id).await;
    let (ada, bob) = (cluster.user().await.enter(&evening).await, cluster.user().await.enter(&evening).await);
    let ambiguous = hold_on_date(&ada, &evening, 1).await.problem(409, "date_ambiguous");
    assert_eq!(ambiguous["performances"], json!([matinee.performance_id, evening.performance_id]));
    let bobs = bob.hold(&matinee, &[1]).await;
    let adas = hold_on_date(&ada, &evening, 1).await.of_kind(201, RESERVATION);
    assert_eq!(adas["performanceId"], evening.performance_id);
    // Nothing can be booked any more: each finds their own, and others hear of the seat that is nearest.
    assert_eq!(hold_on_date(&ada, &evening, 1).await.of_kind(200, RESERVATION), adas);
    assert_eq!(hold_on_date(&bob, &evening, 1).await.of_kind(200, RESERVATION), bobs);
    let eve = cluster.user().await.enter(&evening).await;
    hold_on_date(&eve, &evening, 1).await.problem(409, "seat_held");
    bob.try_cancel(&bobs).await.nothing(204);
    let eves = hold_on_date(&eve, &evening, 1).await.of_kind(201, RESERVATION);
    assert_eq!(eves["performanceId"], matinee.performance_id);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_by_date_is_the_same_request_whatever_the_date_stands_for() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let small = Sale::builder().seats(1);
    let evening = small.clone().open(&operator).await;
    let ada = cluster.user().await.enter(&evening).await;
    let body = json!({"concertId": evening.concert_id, "date": evening.date, "seatNumbers": [1]});
    let hold = async || ada.request("POST", "/api/v1/reservations").key("key").json(&body).send().await;
    let first = hold().await.of_kind(201, RESERVATION);
    small.starts_at("2099-12-24T14:00:00+09:00").add_performance(&operator, &evening.concert_id).await;
    let again = hold().await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.of_kind(201, RESERVATION), first);
    cluster.end().await;
}

//! Seats that the service chooses.

use seatline_tests::contract::RESERVATION;
use seatline_tests::{Answer, Cluster, Sale, SaleBuilder};
use serde_json::{Value, json};

/// Two sections of two rows each: 1 to 10 and 11 to 20 on the floor, 21 to 26 and 27 to 32 behind it.
fn two_sections() -> SaleBuilder {
    let row =
        |label: &str, first: u32, last: u32| json!({"label": label, "firstSeat": first, "lastSeat": last});
    Sale::builder().seats_per_user(10).sections(json!([
        {"name": "Floor", "price": 2_000, "rows": [row("A", 1, 10), row("B", 11, 20)]},
        {"name": "Balcony", "price": 1_000, "rows": [row("A", 21, 26), row("B", 27, 32)]},
    ]))
}

fn numbers(reservation: &Value) -> Vec<u64> {
    let seats = reservation["seats"].as_array().unwrap().iter();
    seats.map(|seat| seat["number"].as_u64().unwrap()).collect()
}

fn held(answer: &Answer) -> Vec<u64> {
    numbers(&answer.of_kind(201, RESERVATION))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_best_free_seats_are_chosen() {
    let cluster = Cluster::start().await;
    let sale = two_sections().open(&cluster.operator()).await;
    for (wish, expected) in [
        (json!({"count": 2}), vec![5, 6]),
        (json!({"count": 2, "together": true, "section": "Floor"}), vec![3, 4]),
        (json!({"count": 5}), vec![13, 14, 15, 16, 17]),
        (json!({"count": 4, "section": "Balcony"}), vec![21, 22, 23, 24]),
        (json!({"count": 7, "together": false}), vec![1, 2, 7, 8, 9, 10, 18]),
    ] {
        let user = cluster.user().await.enter(&sale).await;
        assert_eq!(held(&user.try_hold_best(&sale, wish.clone()).await), expected, "{wish}");
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_that_became_free_are_chosen_again_at_once() {
    let cluster = Cluster::start().await;
    let sale = two_sections().open(&cluster.operator()).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    let pair = json!({"count": 2});
    let first = ada.try_hold_best(&sale, pair.clone()).await.of_kind(201, RESERVATION);
    ada.try_cancel(&first).await.nothing(204);
    assert_eq!(held(&bob.try_hold_best(&sale, pair.clone()).await), numbers(&first));
    let block = json!({"block": [{"firstSeat": 1, "lastSeat": 4}]});
    cluster.operator().change_seats(&sale.performance_id, &block).await;
    assert_eq!(held(&ada.try_hold_best(&sale, pair).await), [7, 8]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retry_finds_the_same_reservation() {
    let cluster = Cluster::start().await;
    let sale = two_sections().open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let ask = async |wish: Value| ada.hold_best_request(&sale, wish).key("best").send().await;
    let wish = json!({"count": 2, "section": "Floor"});
    let first = ask(wish.clone()).await.of_kind(201, RESERVATION);
    let again = ask(wish.clone()).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.of_kind(201, RESERVATION), first);
    ask(json!({"count": 3, "section": "Floor"})).await.problem(422, "idempotency_key_reused");
    ask(json!({"count": 2})).await.problem(422, "idempotency_key_reused");
    let named = ada.hold_request(&sale, &[5, 6]).key("best").send().await;
    named.problem(422, "idempotency_key_reused");
    // Also once it was paid and the turn is over, and nothing could be chosen any more.
    ada.charge(4_000).await;
    ada.pay(&first).await;
    cluster
        .operator()
        .change_seats(&sale.performance_id, &json!({"block": [{"firstSeat": 7, "lastSeat": 32}]}))
        .await;
    let paid = ask(wish).await.of_kind(201, RESERVATION);
    assert_eq!((&paid["reservationId"], &paid["state"]), (&first["reservationId"], &json!("PAID")));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ones_own_hold_is_found_when_it_is_what_was_asked_for() {
    let cluster = Cluster::start().await;
    let sale = two_sections().open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let ask = async |wish| ada.try_hold_best(&sale, wish).await;
    let own = ask(json!({"count": 2})).await.of_kind(201, RESERVATION);
    for wish in
        [json!({"count": 2}), json!({"count": 2, "section": "Floor"}), json!({"count": 2, "together": false})]
    {
        assert_eq!(ask(wish).await.of_kind(200, RESERVATION), own);
    }
    assert_eq!(ada.try_hold(&sale, &[5, 6]).await.of_kind(200, RESERVATION), own);
    for wish in [json!({"count": 3}), json!({"count": 2, "section": "Balcony"})] {
        let refused = ask(wish).await.problem(409, "reservation_active");
        assert_eq!(refused["reservationId"], own["reservationId"]);
    }
    ask(json!({"count": 2, "section": "floor"})).await.problem(404, "section_not_found");
    ada.try_cancel(&own).await.nothing(204);
    ada.hold(&sale, &[1, 3]).await;
    ask(json!({"count": 2})).await.problem(409, "reservation_active");
    ask(json!({"count": 2, "together": false})).await.of_kind(200, RESERVATION);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_else_is_refused_as_when_seats_are_named() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = two_sections().open(&operator).await;
    let ada = cluster.user().await.enter(&sale).await;
    let ask = async |wish| ada.try_hold_best(&sale, wish).await;
    ask(json!({"count": 11})).await.problem(409, "seat_limit_exceeded");
    for count in [0, -1, 101] {
        let problem = ask(json!({"count": count})).await.problem(422, "invalid_value");
        assert_eq!(problem["field"], "count");
    }
    let both = ask(json!({"count": 1, "seatNumbers": [1]})).await.problem(422, "invalid_value");
    assert_eq!(both["field"], "count");
    ask(json!({"section": "Floor"})).await.problem(400, "malformed_request");
    let elsewhere = Sale::open(&operator).await;
    ada.try_hold_best(&elsewhere, json!({"count": 1})).await.problem(403, "queue_token_mismatch");
    let nowhere = Sale { performance_id: sale.concert_id.clone(), ..sale.clone() };
    ada.try_hold_best(&nowhere, json!({"count": 1})).await.problem(404, "performance_not_found");
    let by_date = json!({"concertId": sale.concert_id, "date": sale.date, "count": 3});
    let answer = ada.request("POST", "/api/v1/reservations").json(&by_date).send().await;
    assert_eq!(held(&answer), [4, 5, 6]);
    operator.cancel(&sale.performance_id).await;
    let bob = cluster.user().await.enter(&elsewhere).await;
    operator.cancel(&elsewhere.performance_id).await;
    bob.try_hold_best(&elsewhere, json!({"count": 9})).await.problem(409, "performance_cancelled");
    cluster.end().await;
}

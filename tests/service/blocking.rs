//! Seats that operators keep back from the sale.

use seatline_tests::{Cluster, ClusterOptions, Sale, eventually};
use serde_json::{Value, json};

fn range(first_seat: u64, last_seat: u64) -> Value {
    json!({"firstSeat": first_seat, "lastSeat": last_seat})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_map_shows_what_is_blocked_at_once_wherever_one_looks() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(10).open(&operator).await;
    let here = cluster.user_of(0).await.enter(&sale).await;
    let there = here.by(cluster.client_of(1));
    for user in [&here, &there] {
        assert_eq!(user.seats(&sale).await["availableSeats"], 10);
    }
    let counts =
        operator.change_seats(&sale.performance_id, &json!({"block": [range(1, 3), range(9, 9)]})).await;
    let expected =
        json!({"performanceId": sale.performance_id, "available": 6, "held": 0, "sold": 0, "blocked": 4});
    assert_eq!(counts, expected);
    for user in [&here, &there] {
        assert_eq!(user.seats(&sale).await["availableSeats"], 6);
        assert_eq!(user.seat(&sale, 9).await, ("BLOCKED".into(), false));
        assert_eq!(user.seat(&sale, 4).await.0, "AVAILABLE");
    }
    there.try_hold(&sale, &[9]).await.problem(409, "seat_blocked");
    let counts = operator
        .change_seats(&sale.performance_id, &json!({"block": [range(10, 10)], "unblock": [range(1, 9)]}))
        .await;
    assert_eq!((&counts["available"], &counts["blocked"]), (&json!(9), &json!(1)));
    for user in [&here, &there] {
        assert_eq!(user.seat(&sale, 9).await, ("AVAILABLE".into(), false));
        assert_eq!(user.seat(&sale, 10).await.0, "BLOCKED");
    }
    there.hold(&sale, &[9]).await;
    let audit = operator.audit(&sale.concert_id).await;
    assert_eq!(audit[0]["action"], "SEATS_CHANGED");
    assert_eq!(
        (&audit[0]["before"]["blocked"], &audit[0]["after"]["blocked"]),
        (&json!("1-3, 9"), &json!("10"))
    );
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_blocked_is_listed_and_nothing_is_changed() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(300).seats_per_user(2).open(&operator).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    ada.hold(&sale, &[7, 9]).await;
    let change = async |body: Value| operator.try_change_seats(&sale.performance_id, &body).await;
    let held = change(json!({"block": [range(1, 20)]})).await.problem(409, "seat_held");
    assert_eq!(held["seats"], json!([7, 9]));
    bob.charge(Sale::PRICE).await;
    bob.pay(&bob.hold(&sale, &[8]).await).await;
    let sold = change(json!({"block": [range(1, 20)]})).await.problem(409, "seat_sold");
    assert_eq!(sold["seats"], json!([8]));
    let missing = change(json!({"block": [range(299, 301)], "unblock": [range(400, 600)]})).await;
    let missing = missing.problem(404, "seat_not_found");
    let seats = missing["seats"].as_array().unwrap();
    assert_eq!((seats.len(), &seats[0], &seats[1]), (100, &json!(301), &json!(400)), "a bounded list");
    for (body, field) in [
        (json!({}), "block"),
        (json!({"block": [], "unblock": []}), "block"),
        (json!({"block": [range(1, 2), range(2, 3)]}), "block"),
        (json!({"block": [range(1, 2)], "unblock": [range(2, 2)]}), "block"),
        (json!({"unblock": [range(1, 2), range(1, 2)]}), "unblock"),
        (json!({"block": [range(3, 2)]}), "block[0].lastSeat"),
        (json!({"unblock": [range(1, 1), range(0, 2)]}), "unblock[1].lastSeat"),
        (json!({"block": [range(1, 30_000)]}), "block"),
    ] {
        assert_eq!(change(body).await.problem(422, "invalid_value")["field"], field);
    }
    change(json!({"block": range(1, 2)})).await.problem(400, "malformed_request");
    change(json!({"blocked": [range(1, 2)]})).await.problem(400, "malformed_request");
    let sales = operator.sales(&sale.concert_id).await;
    assert_eq!(sales["performances"][0]["blocked"], 0);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_all_that_is_left_is_blocked_the_line_ends_and_goes_on_when_it_is_given_back() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(3).capacity(1).open(&operator).await;
    let ada = cluster.user().await.enter(&sale).await;
    let mut bob = cluster.user_of(1).await;
    assert_eq!(bob.join(&sale).await["availableSeats"], 3);
    operator.change_seats(&sale.performance_id, &json!({"block": [range(1, 3)]})).await;
    bob.until("ENDED").await;
    for instance in 0..2 {
        cluster.user_of(instance).await.try_join(&sale.concert_id).await.problem(409, "sold_out");
    }
    operator.change_seats(&sale.performance_id, &json!({"unblock": [range(2, 2)]})).await;
    for instance in 0..2 {
        let mut eve = cluster.user_of(instance).await;
        assert_eq!(eve.join(&sale).await["state"], "WAITING");
        eventually("the count", async || (eve.poll().await["availableSeats"] == 1).then_some(())).await;
    }
    ada.hold(&sale, &[2]).await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_makes_a_retry_safe() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(3).open(&operator).await;
    let path = format!("/api/v1/admin/performances/{}/seats", sale.performance_id);
    let block = async || {
        let request = operator.request("PATCH", &path).key("k").json(&json!({"block": [range(1, 1)]}));
        request.send().await
    };
    assert_eq!(block().await.status, 200);
    operator.change_seats(&sale.performance_id, &json!({"unblock": [range(1, 1)]})).await;
    let again = block().await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
    assert_eq!(again.json(200)["blocked"], 0, "as it stands now");
    cluster.end().await;
}

//! Nobody sees or touches another user's things.

use seatline_tests::contract::{ENTRIES, PAYMENTS, RESERVATIONS};
use seatline_tests::{Cluster, Sale};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_users_reservation_is_not_found() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    ada.charge(Sale::PRICE).await;
    bob.charge(5 * Sale::PRICE).await;
    let reservation = ada.hold(&sale, &[7]).await;
    let path = format!("/api/v1/reservations/{}", reservation["reservationId"].as_str().unwrap());
    let before = cluster.database().census().await;
    bob.get(&path).send().await.problem(404, "reservation_not_found");
    bob.try_cancel(&reservation).await.problem(404, "reservation_not_found");
    bob.try_pay(&reservation).await.problem(404, "reservation_not_found");
    bob.pay_request(&reservation).key("key").send().await.problem(404, "reservation_not_found");
    assert_eq!(cluster.database().census().await, before, "nothing is left behind");
    assert_eq!(ada.reservation(&reservation).await, reservation, "it still stands");
    assert_eq!(bob.balance().await, json!(5 * Sale::PRICE));
    ada.pay(&reservation).await;
    bob.try_pay(&reservation).await.problem(404, "reservation_not_found");
    bob.try_cancel(&reservation).await.problem(404, "reservation_not_found");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_users_payment_is_not_found_and_lists_are_ones_own() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    ada.charge(Sale::PRICE).await;
    let payment = ada.pay(&ada.hold(&sale, &[7]).await).await;
    let path = format!("/api/v1/payments/{}", payment["paymentId"].as_str().unwrap());
    bob.get(&path).send().await.problem(404, "payment_not_found");
    let nothing = json!({"items": [], "nextCursor": null});
    for (list, kind) in [("payments", PAYMENTS), ("reservations", RESERVATIONS), ("points/entries", ENTRIES)]
    {
        let path = format!("/api/v1/{list}");
        assert_eq!(bob.get(&path).send().await.of_kind(200, kind), nothing, "{list}");
        assert_ne!(ada.get(&path).send().await.of_kind(200, kind), nothing, "{list}");
    }
    assert_eq!((&bob.profile().await["seats"], bob.balance().await), (&json!([]), json!(0)));
    // Ada's cursor is none of Bob's list.
    ada.charge(1).await;
    let first = ada.get("/api/v1/points/entries?limit=1").send().await.of_kind(200, ENTRIES);
    let rest = format!("/api/v1/points/entries?cursor={}", first["nextCursor"].as_str().unwrap());
    bob.get(&rest).send().await.problem(400, "malformed_request");
    assert_eq!(ada.get(&rest).send().await.of_kind(200, ENTRIES)["nextCursor"], json!(null));
    cluster.end().await;
}

//! Seats of payments that are given back, by buyers and by operators.

use seatline_tests::contract::{PAYMENT, REFUND, REFUND_FOR_USER, RESERVATION};
use seatline_tests::{Cluster, ClusterOptions, Sale, SaleBuilder, TestUser, together};
use serde_json::{Value, json};

use crate::contention::{INSTANCES, outcomes, tally};

fn refundable() -> SaleBuilder {
    Sale::builder().seats_per_user(4).refundable_until("2099-12-01T00:00:00Z")
}

/// Somebody who has paid for these seats, and the payment.
async fn buyer(cluster: &Cluster, sale: &Sale, seats: &[u64]) -> (TestUser, Value) {
    let user = cluster.user().await.enter(sale).await;
    user.charge(10 * Sale::PRICE).await;
    let payment = user.pay(&user.hold(sale, seats).await).await;
    (user, payment)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_are_given_back_until_nothing_is_left() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = refundable().open(&operator).await;
    let (mut ada, payment) = buyer(&cluster, &sale, &[7, 8, 9]).await;
    let refund = ada.try_refund(&payment, Some(&[8])).await.of_kind(201, REFUND);
    assert_eq!(
        (&refund["seats"], &refund["by"], &refund["reason"]),
        (&json!([8]), &json!("USER"), &Value::Null)
    );
    assert_eq!((&refund["amount"], &refund["balance"]), (&json!(Sale::PRICE), &json!(8 * Sale::PRICE)));
    let refunded = ada.payment(&payment).await;
    assert_eq!(refunded["state"], "PARTIALLY_REFUNDED");
    assert_eq!((&refunded["refundedAmount"], &refunded["refunds"]), (&json!(Sale::PRICE), &json!([refund])));
    assert_eq!(refunded["seats"], json!([7, 8, 9]), "what was bought");
    let desk = format!("/api/v1/admin/users/{}/payments", ada.user_id);
    let seen = operator.request("GET", &desk).send().await.json(200);
    let mut told = refund.clone();
    told.as_object_mut().unwrap().remove("balance");
    assert_eq!(seen["items"][0]["refunds"], json!([told]), "a balance is for its owner only");
    let entry = ada.entries().await.remove(0);
    assert_eq!((&entry["kind"], &entry["amount"]), (&json!("REFUND"), &json!(Sale::PRICE)));
    assert_eq!((&entry["referenceId"], &entry["balanceAfter"]), (&payment["paymentId"], &refund["balance"]));
    let owned = ada.profile().await;
    let numbers: Vec<_> = owned["seats"].as_array().unwrap().iter().map(|seat| &seat["seatNumber"]).collect();
    assert_eq!((numbers, &owned["seatsTotal"]), (vec![&json!(7), &json!(9)], &json!(2)));

    // What was given back is found again; of what is partly so, nothing is given back.
    assert_eq!(ada.try_refund(&payment, Some(&[8])).await.of_kind(200, REFUND), refund);
    let mixed = ada.try_refund(&payment, Some(&[8, 9])).await.problem(422, "invalid_value");
    assert_eq!((&mixed["field"], &mixed["seats"]), (&json!("seatNumbers"), &json!([8])));
    let unknown = ada.try_refund(&payment, Some(&[9, 10])).await.problem(404, "seat_not_found");
    assert_eq!(unknown["seats"], json!([10]));

    // It counts no longer for the limit, and is sold again.
    ada.join(&sale).await;
    ada.try_hold(&sale, &[1, 2, 3]).await.problem(409, "seat_limit_exceeded");
    let again = ada.hold(&sale, &[1, 8]).await;
    ada.try_cancel(&again).await.nothing(204);
    let rest = ada.try_refund(&payment, None).await.of_kind(201, REFUND);
    assert_eq!((&rest["seats"], &rest["balance"]), (&json!([7, 9]), &json!(10 * Sale::PRICE)));
    assert_eq!(ada.try_refund(&payment, None).await.of_kind(200, REFUND), rest);
    assert_eq!(ada.try_refund(&payment, Some(&[8])).await.of_kind(200, REFUND), refund);
    ada.try_refund(&payment, Some(&[7, 8])).await.problem(422, "invalid_value");
    let refunded = ada.payment(&payment).await;
    assert_eq!((&refunded["state"], &refunded["refundedAmount"]), (&json!("REFUNDED"), &payment["amount"]));
    let reservations = ada.get("/api/v1/reservations").send().await.json(200);
    let states: Vec<_> = reservations["items"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["CANCELLED", "REFUNDED"]);
    let sales = operator.sales(&sale.concert_id).await["performances"][0].clone();
    assert_eq!((&sales["revenue"], &sales["refunded"]), (&json!(0), &json!(3 * Sale::PRICE)));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_may_be_left_out_and_a_key_gives_the_first_refund() {
    let cluster = Cluster::start().await;
    let sale = refundable().open(&cluster.operator()).await;
    let (ada, payment) = buyer(&cluster, &sale, &[1, 2]).await;
    let bob = cluster.user().await;
    bob.try_refund(&payment, None).await.problem(404, "payment_not_found");
    let one = || ada.refund_request(&payment, Some(&[1])).key("one");
    let first = one().send().await.of_kind(201, REFUND);
    let again = one().send().await;
    assert_eq!((again.of_kind(201, REFUND), again.header("idempotency-replayed")), (first, Some("true")));
    ada.refund_request(&payment, Some(&[2])).key("one").send().await.problem(422, "idempotency_key_reused");
    let empty = ada.refund_request(&payment, None).json(&json!({})).send().await.of_kind(201, REFUND);
    assert_eq!(empty["seats"], json!([2]));
    for body in [json!({"seatNumbers": []}), json!({"seatNumbers": [1, 1]})] {
        ada.refund_request(&payment, None).json(&body).send().await.problem(422, "invalid_value");
    }
    ada.refund_request(&payment, None)
        .json(&json!({"seats": [1]}))
        .send()
        .await
        .problem(400, "malformed_request");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn buyers_give_back_in_time_and_operators_at_any_time() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).open(&operator).await;
    let (ada, payment) = buyer(&cluster, &sale, &[1, 2]).await;
    let closed = ada.try_refund(&payment, None).await.problem(409, "refund_closed");
    assert!(closed.get("refundableUntil").is_none(), "never");
    let body = json!({"seatNumbers": [2], "reason": "Behind a pillar"});
    let refund = operator.try_refund(&payment, &body).await.of_kind(201, REFUND_FOR_USER);
    assert_eq!((&refund["by"], &refund["reason"]), (&json!("OPERATOR"), &json!("Behind a pillar")));
    assert_eq!(ada.payment(&payment).await["refunds"][0]["balance"], json!(9 * Sale::PRICE), "the owner's");
    assert_eq!(operator.try_refund(&payment, &body).await.of_kind(200, REFUND_FOR_USER), refund);
    operator.try_refund(&payment, &json!({})).await.problem(400, "malformed_request");
    operator.try_refund(&payment, &json!({"reason": " "})).await.problem(422, "invalid_value");
    let of_bob = json!({"userId": cluster.user().await.user_id, "paymentId": payment["paymentId"]});
    operator.try_refund(&of_bob, &body).await.problem(404, "payment_not_found");
    let of_nobody = json!({"userId": payment["paymentId"], "paymentId": payment["paymentId"]});
    operator.try_refund(&of_nobody, &body).await.problem(404, "user_not_found");
    let entry = operator.audit(&sale.concert_id).await.remove(0);
    assert_eq!(entry["action"], "PAYMENT_REFUNDED");
    assert_eq!(
        (&entry["before"]["state"], &entry["after"]["state"]),
        (&json!("COMPLETED"), &json!("PARTIALLY_REFUNDED"))
    );
    assert_eq!(
        (&entry["after"]["reason"], &entry["after"]["seats"]),
        (&json!("Behind a pillar"), &json!([2]))
    );
    operator
        .change_performance(&sale.performance_id, &json!({"refundableUntil": "2099-12-01T00:00:00Z"}))
        .await;
    ada.try_refund(&payment, None).await.of_kind(201, REFUND);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_that_is_given_back_fifty_times_at_once_is_refunded_once() {
    for instances in INSTANCES {
        let cluster = Cluster::start_with(ClusterOptions { instances, ..ClusterOptions::default() }).await;
        let sale = refundable().open(&cluster.operator()).await;
        let (ada, payment) = buyer(&cluster, &sale, &[1, 2]).await;
        let refunds = (0..50).map(|index| {
            let ada = ada.by(cluster.client_of(index % instances));
            let request = ada.refund_request(&payment, None);
            let request = if index % 2 == 0 { request } else { request.key(&format!("tab {index}")) };
            request.send()
        });
        let answers = together(refunds).await;
        assert_eq!(tally(&answers), outcomes([("200", 49), ("201", 1)]));
        assert_eq!(ada.balance().await, json!(10 * Sale::PRICE));
        let refunds = ada.entries().await.into_iter().filter(|entry| entry["kind"] == "REFUND");
        assert_eq!(refunds.count(), 1);
        cluster.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refunded_seat_is_sold_again_in_the_same_instant() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = refundable().seats(1).open(&cluster.operator()).await;
    let (bob, waiting) = (cluster.user().await, cluster.user().await.enter(&sale).await);
    let (ada, payment) = buyer(&cluster, &sale, &[1]).await;
    let there = waiting.by(cluster.client_of(1));
    let bought_again = async {
        loop {
            let answer = there.try_hold(&sale, &[1]).await;
            if answer.status == 201 {
                return answer.of_kind(201, RESERVATION);
            }
            answer.problem(409, "seat_sold");
        }
    };
    let (refund, held) = tokio::join!(ada.try_refund(&payment, None), bought_again);
    refund.of_kind(201, REFUND);
    there.charge(Sale::PRICE).await;
    there.try_pay(&held).await.of_kind(201, PAYMENT);
    assert_eq!(ada.try_refund(&payment, None).await.status, 200, "and stays the other's");
    bob.try_join(&sale.concert_id).await.problem(409, "sold_out");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_opens_a_line_that_was_sold_out() {
    let cluster = Cluster::start().await;
    let sale = refundable().seats(1).open(&cluster.operator()).await;
    let (ada, payment) = buyer(&cluster, &sale, &[1]).await;
    let bob = cluster.user().await;
    bob.try_join(&sale.concert_id).await.problem(409, "sold_out");
    ada.try_refund(&payment, None).await.of_kind(201, REFUND);
    let bob = bob.enter(&sale).await;
    bob.hold(&sale, &[1]).await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_wallet_takes_its_own_points_back() {
    let cluster = Cluster::start().await;
    let sale = refundable().open(&cluster.operator()).await;
    let (ada, payment) = buyer(&cluster, &sale, &[1]).await;
    let full = json!({"amount": 10_000_000, "reason": "Many points"});
    for place in 0..99 {
        cluster.operator().try_credit(&ada.user_id, &format!("credit {place}"), &full).await.json(201);
    }
    ada.charge(9_991_000).await;
    assert_eq!(ada.balance().await, json!(1_000_000_000));
    let refund = ada.try_refund(&payment, None).await.of_kind(201, REFUND);
    assert_eq!(refund["balance"], json!(1_000_001_000));
    ada.try_charge("one more", 1).await.problem(422, "invalid_value");
    cluster.end().await;
}

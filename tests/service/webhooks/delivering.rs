use std::collections::BTreeSet;
use std::time::Duration;

use seatline_tests::contract::DELIVERY;
use seatline_tests::{ClusterOptions, Received, Receiver, Sale, eventually};
use serde_json::{Value, json};

use super::{ALL, cluster, cluster_with};

fn kinds(messages: &[Received]) -> Vec<&str> {
    messages.iter().map(Received::kind).collect()
}

/// The types of what was told about a reservation, in the order in which they came.
fn about<'m>(messages: &'m [Received], reservation: &Value) -> Vec<&'m str> {
    let of_it = |message: &&Received| message.body["data"]["reservationId"] == reservation["reservationId"];
    messages.iter().filter(of_it).map(Received::kind).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_is_told_signed_and_in_order() {
    let cluster = cluster_with(&ClusterOptions {
        hold_ttl: ClusterOptions::SHORT_HOLD,
        sweep_every: Duration::from_millis(50),
        ..ClusterOptions::default()
    })
    .await;
    let (operator, receiver) = (cluster.operator(), Receiver::start().await);
    let webhook = operator.create_webhook(&receiver.url(), &ALL).await;
    let sale =
        Sale::builder().seats_per_user(4).refundable_until("2099-12-01T00:00:00Z").open(&operator).await;
    let mut ada = cluster.user().await.enter(&sale).await;
    ada.charge(10 * Sale::PRICE).await;
    let given_up = ada.hold(&sale, &[1]).await;
    ada.try_cancel(&given_up).await.nothing(204);
    let lapsed = ada.hold(&sale, &[2]).await;
    eventually("the hold expires", || async {
        Some(()).filter(|()| about(&receiver.taken(), &lapsed).len() == 2)
    })
    .await;
    let paid = ada.hold(&sale, &[7, 8]).await;
    let payment = ada.pay(&paid).await;
    let ticket = ada.tickets().await.into_iter().find(|ticket| ticket["seatNumber"] == 8).unwrap();
    operator.try_check_in(&sale.performance_id, &ticket["code"], "North").await.json(201);
    ada.try_refund(&payment, Some(&[7])).await.json(201);
    operator.change_performance(&sale.performance_id, &json!({"salesCloseAt": "2099-12-02T00:00:00Z"})).await;
    operator.change_section(&sale.performance_id, "General", &json!({"price": 5})).await;
    ada.join(&sale).await;
    let cut_off = ada.hold(&sale, &[9]).await;
    operator.cancel(&sale.performance_id).await;

    let told = eventually("all is told", || async {
        let told = receiver.taken();
        let is_cancelled = told.iter().any(|message| message.kind() == "performance.cancelled");
        Some(told.clone()).filter(|_| is_cancelled && about(&told, &cut_off).len() == 2)
    })
    .await;
    let all: BTreeSet<_> = kinds(&told).into_iter().collect();
    assert_eq!(all, ALL.into_iter().collect());
    assert_eq!(about(&told, &given_up), ["reservation.held", "reservation.cancelled"]);
    assert_eq!(about(&told, &lapsed), ["reservation.held", "reservation.expired"]);
    assert_eq!(about(&told, &cut_off), ["reservation.held", "reservation.cancelled"]);
    let of_paid = about(&told, &paid);
    assert_eq!(of_paid[..3], ["reservation.held", "payment.completed", "ticket.checked_in"], "{of_paid:?}");
    assert_eq!(of_paid[3..].iter().filter(|kind| **kind == "payment.refunded").count(), of_paid.len() - 3);
    let ids: BTreeSet<_> = told.iter().map(|message| &message.id).collect();
    assert_eq!(ids.len(), told.len(), "each once");
    assert!(told.iter().all(|message| message.is_signed_by(&webhook)));

    let of_kind =
        |kind: &str| told.iter().find(|message| message.kind() == kind).unwrap().body["data"].clone();
    let completed = of_kind("payment.completed");
    assert_eq!(completed["paymentId"], payment["paymentId"]);
    assert_eq!((&completed["amount"], &completed["seats"]), (&payment["amount"], &json!([7, 8])));
    assert_eq!(completed["performanceId"], sale.performance_id.as_str());
    let refunded = of_kind("payment.refunded");
    assert_eq!(
        (&refunded["state"], &refunded["refund"]["seats"]),
        (&json!("PARTIALLY_REFUNDED"), &json!([7]))
    );
    let checked_in = of_kind("ticket.checked_in");
    assert_eq!((&checked_in["ticketId"], &checked_in["gate"]), (&ticket["ticketId"], &json!("North")));
    let charged = of_kind("charge.completed");
    assert_eq!((&charged["amount"], &charged["chargeId"]), (&json!(10 * Sale::PRICE), &Value::Null));
    assert_eq!(of_kind("performance.cancelled")["state"], "CANCELLED");
    let of_given_up =
        |message: &&Received| message.body["data"]["reservationId"] == given_up["reservationId"];
    let held = told.iter().find(of_given_up).unwrap();
    for field in ["reservationId", "concertId", "performanceId", "seats", "amount", "heldAt", "expiresAt"] {
        assert_eq!(held.body["data"][field], given_up[field], "{field}");
    }

    let deliveries = eventually("all are recorded", || async {
        let deliveries = operator.deliveries(&webhook).await;
        let done = deliveries.iter().all(|one| one["state"] == "DELIVERED");
        Some(deliveries).filter(|_| done)
    })
    .await;
    let delivered: BTreeSet<_> = deliveries.iter().map(|one| one["deliveryId"].as_str().unwrap()).collect();
    assert!(ids.iter().all(|id| delivered.contains(id.as_str())));
    for delivery in &deliveries {
        let attempts = delivery["attempts"].as_array().unwrap();
        assert_eq!((attempts.len(), &attempts[0]["status"]), (1, &json!(204)));
        assert_eq!(delivery["nextAttemptAt"], Value::Null);
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_a_hold_is_over_is_told_when_its_performance_is_cancelled_and_not_when_it_would_have_lapsed() {
    let cluster = cluster(1).await;
    let (operator, receiver) = (cluster.operator(), Receiver::start().await);
    let sale = Sale::open(&operator).await;
    operator.create_webhook(&receiver.url(), &["reservation.cancelled"]).await;
    // For five minutes.
    let held = cluster.user().await.enter(&sale).await.hold(&sale, &[7]).await;
    operator.cancel(&sale.performance_id).await;
    assert_eq!(about(&receiver.until_taken(1).await, &held), ["reservation.cancelled"]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_told_that_nobody_wants() {
    let cluster = cluster(1).await;
    let (operator, receiver) = (cluster.operator(), Receiver::start().await);
    let sale = Sale::open(&operator).await;
    operator.create_webhook(&receiver.url(), &["payment.completed"]).await;
    let ada = cluster.user().await.enter(&sale).await;
    ada.charge(Sale::PRICE).await;
    let payment = ada.pay(&ada.hold(&sale, &[7]).await).await;
    let told = receiver.until_taken(1).await;
    assert_eq!(told[0].body["data"]["paymentId"], payment["paymentId"]);
    let stored = cluster.database().query("SELECT count(*) FROM events").await;
    assert_eq!(stored, ["1"]);
    assert_eq!(cluster.database().query("SELECT count(*) FROM outbox").await, ["0"]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_refused_is_delivered_again_before_what_follows_it() {
    let cluster = cluster(1).await;
    let (operator, receiver) = (cluster.operator(), Receiver::start().await);
    let sale = Sale::open(&operator).await;
    // The first attempt at each message fails in a way of its own.
    receiver.answer_by(|message, before| match (message.kind(), before) {
        ("reservation.held", 0) => 500,
        ("reservation.held", _) => 200,
        (_, 0) => 404,
        (_, _) => 204,
    });
    let webhook = operator.create_webhook(&receiver.url(), &["reservation.held", "payment.completed"]).await;
    let ada = cluster.user().await.enter(&sale).await;
    ada.charge(Sale::PRICE).await;
    let held = ada.hold(&sale, &[7]).await;
    ada.pay(&held).await;
    let waiting = eventually("one waits for another", || async {
        let deliveries = operator.deliveries(&webhook).await;
        let tried = |one: &Value| !one["attempts"].as_array().unwrap().is_empty();
        Some(deliveries).filter(|all| all.len() == 2 && tried(&all[1]))
    })
    .await;
    assert_eq!(
        (&waiting[1]["state"], &waiting[1]["attempts"][0]["status"]),
        (&json!("PENDING"), &json!(500))
    );
    assert!(waiting[1]["nextAttemptAt"].is_string());
    assert_eq!((&waiting[0]["state"], &waiting[0]["attempts"]), (&json!("PENDING"), &json!([])));
    receiver.until_taken(2).await;
    let all = receiver.all();
    assert_eq!(
        about(&all, &held),
        ["reservation.held", "reservation.held", "payment.completed", "payment.completed"]
    );
    assert_eq!(all[0].raw, all[1].raw, "the same bytes at every attempt");
    assert_eq!(all[0].id, all[1].id);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_receiver_is_in_nobodys_way() {
    let cluster = cluster(1).await;
    let operator = cluster.operator();
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    slow.delay(Duration::from_hours(1));
    for receiver in [&slow, &quick] {
        operator.create_webhook(&receiver.url(), &["charge.completed"]).await;
    }
    let ada = cluster.user().await;
    for _ in 0..200 {
        ada.charge(1).await;
    }
    let told = quick.until_taken(200).await;
    let balances: Vec<_> =
        told.iter().map(|message| message.body["data"]["balance"].as_u64().unwrap()).collect();
    assert_eq!(balances, (1..=200).collect::<Vec<_>>(), "one wallet's in their order");
    assert!(slow.all().is_empty());
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_for_a_receiver_that_was_down_is_delivered_when_it_is_back() {
    let cluster = cluster(1).await;
    let (operator, receiver) = (cluster.operator(), Receiver::start().await);
    let webhook = operator.create_webhook(&receiver.url(), &["charge.completed"]).await;
    let port = receiver.stop();
    let users = cluster.users(100).await;
    for user in &users {
        user.charge(1).await;
    }
    eventually("it is called in vain", || async {
        let deliveries = operator.deliveries(&webhook).await;
        let refused = |one: &Value| one["attempts"][0]["failure"] == "UNREACHABLE";
        Some(()).filter(|()| deliveries.iter().filter(|one| refused(one)).count() >= 10)
    })
    .await;
    let pending = operator.deliveries(&webhook).await;
    let untried = pending.iter().filter(|one| one["attempts"].as_array().unwrap().is_empty()).count();
    assert!(untried > 50, "who is down is not called for everything: {untried}");
    let receiver = Receiver::start_at(port).await;
    receiver.until_taken(100).await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_is_replayed() {
    let cluster = cluster(1).await;
    let (operator, receiver) = (cluster.operator(), Receiver::start().await);
    let webhook = operator.create_webhook(&receiver.url(), &["charge.completed"]).await;
    cluster.user().await.charge(1).await;
    let first = receiver.until_taken(1).await.remove(0);
    let (webhook_id, id) = (webhook["webhookId"].as_str().unwrap(), first.id.clone());
    eventually("it is recorded", || async {
        let delivery = operator.deliveries(&webhook).await.remove(0);
        Some(()).filter(|()| delivery["state"] == "DELIVERED")
    })
    .await;
    let path = format!("/api/v1/admin/webhooks/{webhook_id}/deliveries/{id}/replay");
    let replayed = operator.request("POST", &path).key("again").send().await;
    assert_eq!(replayed.of_kind(202, DELIVERY)["deliveryId"], id.as_str());
    let again = receiver.until_taken(2).await.remove(1);
    assert_eq!((again.id, again.raw), (first.id, first.raw));
    let repeated = operator.request("POST", &path).key("again").send().await;
    assert_eq!(repeated.header("idempotency-replayed"), Some("true"));
    eventually("both attempts are recorded", || async {
        let delivery = operator.deliveries(&webhook).await.remove(0);
        let attempts = delivery["attempts"].as_array().unwrap().len();
        Some(()).filter(|()| attempts == 2 && delivery["state"] == "DELIVERED")
    })
    .await;
    assert_eq!(receiver.taken().len(), 2, "a repeated key replays nothing");
    cluster.end().await;
}

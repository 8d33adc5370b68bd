//! Performances that are cancelled, while people hold and pay, and the refunds of those who had paid.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::join_all;
use seatline_tests::contract::{CANCELLATION, PAYMENT, REFUND, RESERVATION};
use seatline_tests::{Cluster, ClusterOptions, Operator, Sale, TestUser, eventually};
use serde_json::{Value, json};

use crate::pages::enter;

/// Waits until all refunds are done, and gives how far it is then.
async fn refunded(operator: &Operator, sale: &Sale) -> Value {
    eventually("all are refunded", async || {
        let status = operator.cancellation(&sale.performance_id).await;
        (status["refunds"]["total"] == status["refunds"]["done"]).then_some(status)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_performance_is_over_for_everybody_and_refunded() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let plan = Sale::builder().seats_per_user(3).refundable_until("2099-12-01T00:00:00Z");
    let sale = plan.open(&operator).await;
    let scheduled = operator.cancellation(&sale.performance_id).await;
    assert_eq!((&scheduled["state"], &scheduled["reason"]), (&json!("SCHEDULED"), &Value::Null));
    let [ada, bob, eve] = cluster.users(3).await.try_into().unwrap();
    let (ada, bob) = (ada.enter(&sale).await, bob.enter(&sale).await);
    ada.charge(3 * Sale::PRICE).await;
    bob.charge(Sale::PRICE).await;
    let payment = ada.pay(&ada.hold(&sale, &[1, 2, 3]).await).await;
    ada.try_refund(&payment, Some(&[2])).await.of_kind(201, REFUND);
    let held = bob.hold(&sale, &[9]).await;

    let status = operator.cancel(&sale.performance_id).await;
    assert_eq!((&status["state"], &status["reason"]), (&json!("CANCELLED"), &json!("The singer is ill")));
    assert_eq!(status["refunds"]["total"], 1);
    assert_eq!(bob.reservation(&held).await["state"], "CANCELLED", "at once");
    bob.try_pay(&held).await.problem(409, "performance_cancelled");
    bob.try_hold(&sale, &[10]).await.problem(409, "performance_cancelled");
    bob.try_cancel(&held).await.nothing(204);
    eve.try_join(&sale.concert_id).await.problem(409, "sold_out");
    let again = operator.cancel_request(&sale.performance_id, "Another reason").send().await;
    assert_eq!(again.of_kind(202, CANCELLATION)["reason"], "The singer is ill", "the first one stays");

    let status = refunded(&operator, &sale).await;
    assert_eq!(status["refunds"], json!({"total": 1, "done": 1, "amount": 2 * Sale::PRICE}));
    let payment = ada.payment(&payment).await;
    assert_eq!(
        (&payment["state"], &payment["refundedAmount"]),
        (&json!("REFUNDED"), &json!(3 * Sale::PRICE))
    );
    let last = &payment["refunds"][1];
    assert_eq!((&last["by"], &last["reason"]), (&json!("CANCELLATION"), &json!("The singer is ill")));
    assert_eq!(last["seats"], json!([1, 3]));
    assert_eq!(&ada.try_refund(&payment, None).await.of_kind(200, REFUND), last);
    assert_eq!((ada.balance().await, bob.balance().await), (json!(3 * Sale::PRICE), json!(Sale::PRICE)));

    let path = format!("/api/v1/admin/performances/{}", sale.performance_id);
    let change = operator.request("PATCH", &path).json(&json!({"salesCloseAt": null})).send().await;
    change.problem(409, "performance_cancelled");
    let get = |path: String| cluster.client().get(&path).send();
    let shown = get(format!("/api/v1/performances/{}", sale.performance_id)).await.json(200);
    assert_eq!((&shown["state"], &shown["availableSeats"]), (&json!("CANCELLED"), &json!(0)));
    let bookable = format!("/api/v1/concerts/{}/performances?bookable=true", sale.concert_id);
    assert_eq!(get(bookable).await.json(200)["items"], json!([]));
    let dates = get(format!("/api/v1/concerts/{}/dates", sale.concert_id)).await.json(200);
    assert_eq!(dates["dates"], json!([]));
    let sales = operator.sales(&sale.concert_id).await["performances"][0].clone();
    assert_eq!((&sales["state"], &sales["revenue"]), (&json!("CANCELLED"), &json!(0)));
    assert_eq!((&sales["refunded"], &sales["held"]), (&json!(3 * Sale::PRICE), &json!(0)));
    let entry = operator.audit(&sale.concert_id).await.remove(0);
    assert_eq!(
        (&entry["action"], &entry["after"]["reason"]),
        (&json!("PERFORMANCE_CANCELLED"), &json!("The singer is ill"))
    );

    // Another performance of the concert goes on.
    let other = plan_for(&operator, &sale).await;
    bob.hold(&other, &[1]).await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_of_a_cancelled_performance_are_nowhere_shown_as_free_or_held() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(4).seats_per_user(2).open(&operator).await;
    let (ada, bob) = (cluster.user().await.enter(&sale).await, cluster.user().await.enter(&sale).await);
    let mut browser = cluster.browser("en");
    enter(&mut browser, &sale, "Get in line").await;
    // The line goes on for another performance.
    plan_for(&operator, &sale).await;
    ada.hold(&sale, &[1]).await;
    let events = format!("/api/v1/performances/{}/seats/events", sale.performance_id);
    let mut events = bob.get(&events).events().await;
    assert_eq!(events.next().await.unwrap().data["held"], json!([[1, 1]]));

    operator.cancel(&sale.performance_id).await;
    let map = bob.seats(&sale).await;
    let states: Vec<_> =
        map["seats"].as_array().unwrap().iter().map(|seat| seat["state"].as_str().unwrap()).collect();
    assert_eq!((&map["availableSeats"], states), (&json!(0), vec!["BLOCKED"; 4]));
    let free = format!("/api/v1/performances/{}/seats?available=true", sale.performance_id);
    assert_eq!(bob.get(&free).send().await.json(200)["seats"], json!([]));
    let date = format!("/api/v1/concerts/{}/dates/{}/seats", sale.concert_id, map["date"].as_str().unwrap());
    let shown = bob.get(&date).send().await.json(200)["performances"].clone();
    let performances = shown.as_array().unwrap().iter();
    let of_it = performances.filter(|one| one["performanceId"] == sale.performance_id.as_str());
    assert_eq!(of_it.collect::<Vec<_>>(), [&map]);
    let told = events.next().await.unwrap();
    assert_eq!((told.name.as_str(), &told.data["blocked"]), ("changes", &json!([[1, 4]])));
    let best = json!({"performanceId": sale.performance_id, "count": 1});
    bob.request("POST", "/api/v1/reservations")
        .json(&best)
        .send()
        .await
        .problem(409, "performance_cancelled");
    let states = browser.open(&format!("/performances/{}/states", sale.performance_id)).await;
    assert_eq!(states.html, "b4");
    cluster.end().await;
}

async fn plan_for(operator: &Operator, sale: &Sale) -> Sale {
    Sale::builder().add_performance(operator, &sale.concert_id).await
}

/// Holds and pays again and again until the performance is cancelled; gives the payments.
async fn buy_on(user: TestUser, sale: &Sale, seat: u64, cancelled: &AtomicBool) -> Option<Value> {
    user.charge(Sale::PRICE).await;
    loop {
        let sure = cancelled.load(Ordering::SeqCst);
        let answer = user.try_hold(sale, &[seat]).await;
        if let Some(code) = answer.code() {
            assert_eq!(code, "performance_cancelled");
            return None;
        }
        assert!(!sure, "a hold after the cancellation");
        let held = answer.of_kind(201, RESERVATION);
        if seat.is_multiple_of(3) {
            user.try_cancel(&held).await.nothing(204);
            continue;
        }
        let sure = cancelled.load(Ordering::SeqCst);
        let paid = user.try_pay(&held).await;
        if paid.code().as_deref() == Some("performance_cancelled") {
            return None;
        }
        assert!(!sure, "a payment after the cancellation");
        return Some(paid.of_kind(201, PAYMENT));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_holds_or_pays_after_the_cancellation_on_two_instances() {
    const PEOPLE: u64 = 120;
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(200).open(&operator).await;
    let people = cluster.users(usize::try_from(PEOPLE).unwrap()).await;
    let enter = |(place, user): (usize, TestUser)| {
        let client = cluster.client_of(place % 2);
        let sale = &sale;
        async move { user.enter(sale).await.by(client) }
    };
    let people = join_all(people.into_iter().enumerate().map(enter)).await;
    let cancelled = AtomicBool::new(false);
    let buying = people.iter().zip(1..).map(|(user, seat)| buy_on(user.clone(), &sale, seat, &cancelled));
    let cancel = async {
        eventually("some have paid", async || {
            let sales = operator.sales(&sale.concert_id).await;
            (sales["performances"][0]["sold"].as_u64() >= Some(10)).then_some(())
        })
        .await;
        operator.cancel(&sale.performance_id).await;
        cancelled.store(true, Ordering::SeqCst);
    };
    let (payments, ()) = tokio::join!(join_all(buying), cancel);
    let paid = payments.iter().flatten().count();
    let status = refunded(&operator, &sale).await;
    assert_eq!(
        status["refunds"],
        json!({"total": paid, "done": paid, "amount": paid * usize::try_from(Sale::PRICE).unwrap()})
    );
    for user in people {
        assert_eq!(user.balance().await, json!(Sale::PRICE));
    }
    cluster.end().await;
}

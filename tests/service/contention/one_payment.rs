use futures::future::join_all;
use seatline_tests::{Cluster, ClusterOptions, Sale, together};
use serde_json::json;

use super::{INSTANCES, outcomes, tally};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_payments_of_one_reservation_debit_once() {
    for instances in INSTANCES {
        let cluster = Cluster::start_with(ClusterOptions { instances, ..ClusterOptions::default() }).await;
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        ada.charge(3 * Sale::PRICE).await;
        let reservation = ada.hold(&sale, &[7]).await;
        let payments = (0..50).map(|index| {
            let (ada, reservation) = (ada.by(cluster.client_of(index % instances)), reservation.clone());
            // Half of them with a key of their own, as different tabs would.
            let request = ada.pay_request(&reservation);
            let request = if index % 2 == 0 { request } else { request.key(&format!("tab {index}")) };
            request.send()
        });
        let answers = together(payments).await;
        assert_eq!(tally(&answers), outcomes([("200", 49), ("201", 1)]));
        let first = answers.iter().find(|answer| answer.status == 201).unwrap().json(201);
        assert!(
            answers.iter().all(|answer| answer.json(answer.status) == first),
            "all get the first payment"
        );
        assert_eq!(ada.balance().await, json!(2 * Sale::PRICE));
        let debits = ada.entries().await.into_iter().filter(|entry| entry["kind"] == "PAYMENT");
        assert_eq!(debits.count(), 1);
        cluster.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wallet_pays_for_what_it_can_and_no_more() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let operator = cluster.operator();
    let sales = join_all((0..8).map(|_| Sale::open(&operator))).await;
    let ada = cluster.user().await;
    ada.charge(3 * Sale::PRICE).await;
    let mut payments = Vec::new();
    for (index, sale) in sales.iter().enumerate() {
        let ada = ada.by(cluster.client_of(index % 2)).enter(sale).await;
        let reservation = ada.hold(sale, &[7]).await;
        payments.push(async move { ada.try_pay(&reservation).await });
    }
    let answers = together(payments).await;
    assert_eq!(tally(&answers), outcomes([("201", 3), ("402 insufficient_points", 5)]));
    assert_eq!(ada.balance().await, json!(0));
    assert_eq!(ada.profile().await["seats"].as_array().unwrap().len(), 3);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paying_and_giving_up_at_once_have_one_outcome() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let sale = Sale::open(&cluster.operator()).await;
    let rounds = join_all((1..=30).map(|seat| {
        let (cluster, sale) = (&cluster, &sale);
        async move {
            let ada = cluster.user().await.enter(sale).await;
            ada.charge(Sale::PRICE).await;
            let reservation = ada.hold(sale, &[seat]).await;
            (ada.by(cluster.client_of(1)), ada, reservation)
        }
    }))
    .await;
    let races = rounds.into_iter().map(|(elsewhere, ada, reservation)| async move {
        let (paid, cancelled) = tokio::join!(ada.try_pay(&reservation), elsewhere.try_cancel(&reservation));
        let state = ada.reservation(&reservation).await["state"].clone();
        (paid, cancelled, state, ada.balance().await)
    });
    for (paid, cancelled, state, balance) in together(races).await {
        if paid.status == 201 {
            cancelled.problem(409, "reservation_not_cancellable");
            assert_eq!((state, balance), (json!("PAID"), json!(0)));
        } else {
            paid.problem(409, "reservation_not_payable");
            cancelled.nothing(204);
            assert_eq!((state, balance), (json!("CANCELLED"), json!(Sale::PRICE)));
        }
    }
    cluster.end().await;
}

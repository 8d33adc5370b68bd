//! Other systems are told of a charge whose money is there.

use seatline_bootstrap::KeptEvents;
use seatline_tests::{Cluster, ClusterOptions, Receiver, eventually};
use serde_json::json;

use super::{provider, tell, until, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_provider_took_is_told_once_with_the_charge_that_began_it() {
    let (provider, receiver) = (provider(), Receiver::start().await);
    let options = ClusterOptions {
        events: KeptEvents::On,
        webhook_networks: "127.0.0.0/8",
        ..with(&provider, "stripe")
    };
    let cluster = Cluster::start_with(options).await;
    let operator = cluster.operator();
    let webhook = operator.create_webhook(&receiver.url(), &["charge.completed"]).await;
    let ada = cluster.user().await;
    let charge = ada.try_charge("paid", 1_000).await.json(202);
    let id = charge["chargeId"].as_str().unwrap();
    let other = ada.try_charge("expired", 300).await.json(202);
    let expired = other["chargeId"].as_str().unwrap();
    assert!(provider.pay(id) && provider.expire(expired));
    for _ in 0..3 {
        tell(&cluster.client(), &provider, id).await.json(200);
    }
    until(&ada, expired, "EXPIRED").await;
    let paid = until(&ada, id, "PAID").await;

    let told =
        eventually("it is told", async || Some(receiver.taken()).filter(|told| !told.is_empty())).await;
    let [message] = told.as_slice() else { panic!("{told:?}") };
    assert!(message.is_signed_by(&webhook));
    let feed = operator.events(None, 100).await;
    let [event] = feed["items"].as_array().unwrap().as_slice() else { panic!("{feed}") };
    assert_eq!((message.kind(), &event["type"]), ("charge.completed", &json!("charge.completed")));
    assert_eq!(message.body["data"], event["data"]);
    let data = &event["data"];
    assert_eq!((&data["chargeId"], &data["entryId"]), (&json!(id), &paid["entryId"]));
    assert_eq!((&data["userId"], &data["amount"]), (&json!(ada.user_id), &json!(1_000)));
    assert_eq!(data["balance"], json!(1_000));
    cluster.end().await;
}

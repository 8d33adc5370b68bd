use seatline_tests::contract::CHECKOUT;
use seatline_tests::{Behaviour, Cluster, Sale, eventually, sign_notice};
use serde_json::json;

use super::{SECRET, charge_of, notify, now, provider, tell, until, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn points_are_there_once_the_provider_has_the_money() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let ada = cluster.user().await;
    let begun = ada.try_charge("once", 1_000).await;
    let charge = begun.of_kind(202, CHECKOUT);
    let id = charge["chargeId"].as_str().unwrap();
    assert_eq!((&charge["amount"], &charge["state"]), (&json!(1_000), &json!("PENDING")));
    assert_eq!(charge["checkoutUrl"], format!("{}/pay/{id}", provider.url()));
    let again = ada.try_charge("once", "1000.00").await;
    assert_eq!((again.json(202), again.header("idempotency-replayed")), (charge.clone(), Some("true")));
    ada.try_charge("once", 2_000).await.problem(422, "idempotency_key_reused");
    assert_eq!(provider.charges(), [id], "one charge at the provider");
    assert_eq!(ada.balance().await, json!(0));

    assert!(provider.pay(id));
    tell(&cluster.client(), &provider, id).await.json(200);
    let paid = charge_of(&ada, id).await;
    assert_eq!((&paid["state"], &paid["balance"]), (&json!("PAID"), &json!(1_000)));
    let entries = ada.entries().await;
    assert_eq!((entries.len(), &entries[0]["entryId"]), (1, &paid["entryId"]));
    assert_eq!((&entries[0]["kind"], &entries[0]["referenceId"]), (&json!("CHARGE"), &json!(id)));

    for _ in 0..3 {
        tell(&cluster.client(), &provider, id).await.json(200);
    }
    assert_eq!(ada.balance().await, json!(1_000), "once, however often it is told");
    assert_eq!(ada.try_charge("once", 1_000).await.json(202)["state"], "PAID");
    let bob = cluster.user().await;
    bob.get(&format!("/api/v1/points/charges/{id}")).send().await.problem(404, "charge_not_found");
    cluster.end().await;
    provider.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_depends_on_notices_alone() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let ada = cluster.user().await;
    let id = |charge: &serde_json::Value| charge["chargeId"].as_str().unwrap().to_owned();
    let paid = id(&ada.try_charge("paid", 700).await.json(202));
    let expired = id(&ada.try_charge("expired", 300).await.json(202));
    provider.pay(&paid);
    provider.expire(&expired);
    assert_eq!(until(&ada, &paid, "PAID").await["balance"], 700);
    until(&ada, &expired, "EXPIRED").await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_that_is_not_the_providers_own_of_the_last_minutes_is_refused() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let (ada, client) = (cluster.user().await, cluster.client());
    let charge = ada.try_charge("once", 1_000).await.json(202);
    let id = charge["chargeId"].as_str().unwrap();
    let body = provider.notice(id);
    let signed = |secret, at| sign_notice(secret, at, &body);
    for signature in [
        signed("whsec_wrong", now()),
        signed(SECRET, now() - 320),
        signed(SECRET, now() + 320),
        signed(SECRET, now()).replace("v1", "v0"),
        "t=,v1=".to_owned(),
    ] {
        notify(&client, &body, &signature).await.problem(400, "malformed_request");
    }
    let changed = body.replace(id, &uuid::Uuid::nil().to_string());
    notify(&client, &changed, &signed(SECRET, now())).await.problem(400, "malformed_request");
    client.post("/webhooks/stripe").json_bytes(body.clone()).send().await.problem(400, "malformed_request");
    client.post("/webhooks/toss").json_bytes("{}").send().await.problem(404, "not_found");
    let large = "x".repeat(70_000);
    notify(&client, &large, &sign_notice(SECRET, now(), &large)).await.problem(413, "body_too_large");

    for secret in [SECRET, "whsec_old"] {
        notify(&client, &body, &signed(secret, now())).await.json(200);
    }
    notify(&client, &body, &signed(SECRET, now() - 280)).await.json(200);
    assert_eq!(charge_of(&ada, id).await["state"], "PENDING", "a notice is not believed: nobody has paid");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_money_than_the_charges_own_is_not_credited() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let ada = cluster.user().await;
    for (key, amount, currency) in [("more", 1_001, "KRW"), ("less", 999, "KRW"), ("yen", 1_000, "JPY")] {
        let charge = ada.try_charge(key, 1_000).await.json(202);
        let id = charge["chargeId"].as_str().unwrap();
        provider.lie(id, amount, currency, 1_000);
        provider.pay(id);
        tell(&cluster.client(), &provider, id).await.json(200);
        let refused = charge_of(&ada, id).await;
        assert_eq!((&refused["state"], &refused["balance"]), (&json!("REFUSED"), &json!(0)), "{key}");
    }
    let charge = ada.try_charge("corrected", 1_000).await.json(202);
    let id = charge["chargeId"].as_str().unwrap();
    provider.lie(id, 1, "KRW", 1);
    provider.pay(id);
    until(&ada, id, "PAID").await;
    assert_eq!(ada.balance().await, json!(1_000), "the provider has corrected itself");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_down_makes_charging_unavailable_and_nothing_else() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let sale = Sale::builder().seats(2).open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    provider.behave(Behaviour::DOWN);
    let answer = ada.try_charge("once", 1_000).await;
    answer.problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
    let credit = json!({"amount": Sale::PRICE, "reason": "The provider is down"});
    cluster.operator().try_credit(&ada.user_id, "credit", &credit).await.json(201);
    let reservation = ada.hold(&sale, &[1]).await;
    ada.pay(&reservation).await;
    cluster.client().get("/health/ready").send().await.json(200);

    provider.behave(Behaviour::default());
    let charge = ada.try_charge("once", 1_000).await.json(202);
    assert_eq!(provider.charges().len(), 1, "the charge that was begun goes on");
    provider.pay(charge["chargeId"].as_str().unwrap());
    until(&ada, charge["chargeId"].as_str().unwrap(), "PAID").await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amounts_that_cannot_be_charged_are_refused_before_the_provider_hears_of_them() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let ada = cluster.user().await;
    for amount in [json!(0), json!(0.5), json!(10_000_001), json!("1000.01")] {
        assert_eq!(ada.try_charge("key", amount).await.problem(422, "invalid_value")["field"], "amount");
    }
    assert_eq!(provider.asked("/"), 0);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_and_what_is_waited_for_is_measured() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let ada = cluster.user().await;
    let value = async |name: &str| {
        let text = cluster.operator().request("GET", "/metrics").send().await.text();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
        value.unwrap_or_else(|| panic!("{name} is not in\n{text}"))
    };
    let calls = |operation: &str, outcome: &str| {
        format!(
            "seatline_provider_calls_total{{provider=\"stripe\",operation=\"{operation}\",outcome=\"{outcome}\"}}"
        )
    };
    let (begun, failed) = (calls("start", "answered"), calls("start", "unavailable"));
    // Others count in the same process.
    let before = (value(&begun).await, value(&failed).await);
    provider.behave(Behaviour::DOWN);
    ada.try_charge("once", 1_000).await.problem(503, "unavailable");
    provider.behave(Behaviour::default());
    let charge = ada.try_charge("once", 1_000).await.json(202);
    assert!(value(&begun).await > before.0 && value(&failed).await > before.1);
    let pending = "seatline_charges_pending";
    eventually("it is waited for", async || (value(pending).await > 0.0).then_some(())).await;
    assert!(value("seatline_charges_oldest_pending_seconds").await > 0.0);
    provider.pay(charge["chargeId"].as_str().unwrap());
    eventually("it is paid", async || (value(pending).await < 1.0).then_some(())).await;
    cluster.end().await;
}

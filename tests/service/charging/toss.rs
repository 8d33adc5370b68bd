use seatline_tests::contract::{CHECKOUT, PROVIDER_CHARGE};
use seatline_tests::{Answer, Behaviour, Cluster, TestUser};
use serde_json::json;

use super::{charge_of, provider, until, with};

async fn confirm(user: &TestUser, id: &str, payment_key: &str) -> Answer {
    let path = format!("/api/v1/points/charges/{id}/confirmation");
    user.request("POST", &path).json(&json!({"paymentKey": payment_key})).send().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_browser_agreed_to_pay_is_confirmed_once() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "toss")).await;
    let (ada, bob) = (cluster.user().await, cluster.user().await);
    let charge = ada.try_charge("once", 5_000).await.of_kind(202, CHECKOUT);
    let id = charge["chargeId"].as_str().unwrap();
    assert!(charge["checkoutUrl"].as_str().unwrap().ends_with(&format!("/charges/{id}/checkout")));
    assert_eq!(confirm(&ada, id, "pay-1").await.of_kind(200, PROVIDER_CHARGE)["state"], "PENDING");
    provider.agree(id, 5_000, "pay-1");
    confirm(&bob, id, "pay-1").await.problem(404, "charge_not_found");
    for wrong in ["", "with space", &"k".repeat(201)] {
        assert_eq!(confirm(&ada, id, wrong).await.problem(422, "invalid_value")["field"], "paymentKey");
    }
    assert_eq!(confirm(&ada, id, "another").await.json(200)["state"], "PENDING");
    for _ in 0..3 {
        let paid = confirm(&ada, id, "pay-1").await.of_kind(200, PROVIDER_CHARGE);
        assert_eq!((&paid["state"], &paid["balance"]), (&json!("PAID"), &json!(5_000)));
    }
    assert_eq!(ada.entries().await.len(), 1);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_card_is_an_answer_and_another_may_be_tried() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "toss")).await;
    let ada = cluster.user().await;
    let declines = [
        (403, "REJECT_CARD_PAYMENT"),
        (403, "INVALID_PASSWORD"),
        (400, "INVALID_STOPPED_CARD"),
        (404, "NEW"),
    ];
    for (status, code) in declines {
        let charge = ada.try_charge(code, 5_000).await.of_kind(202, CHECKOUT);
        let id = charge["chargeId"].as_str().unwrap();
        for (card, aborts, state) in [("card-1", false, "PENDING"), ("card-2", true, "REFUSED")] {
            provider.agree(id, 5_000, card);
            provider.decline(id, status, code, aborts);
            let answer = confirm(&ada, id, card).await.of_kind(200, PROVIDER_CHARGE);
            assert_eq!((&answer["state"], &answer["entryId"]), (&json!(state), &json!(null)), "{code}");
        }
        provider.agree(id, 5_000, "card-3");
        assert_eq!(confirm(&ada, id, "card-3").await.json(200)["state"], "PAID", "{code}");
    }
    assert_eq!(ada.balance().await, json!(20_000));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_the_provider_does_not_take_is_no_decline() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "toss")).await;
    let ada = cluster.user().await;
    let charge = ada.try_charge("once", 5_000).await.json(202);
    let id = charge["chargeId"].as_str().unwrap();
    let codes = [
        (401, "UNAUTHORIZED_KEY"),
        (400, "INVALID_API_KEY"),
        (403, "FORBIDDEN_REQUEST"),
        (403, "INCORRECT_BASIC_AUTH_FORMAT"),
    ];
    for (status, code) in codes {
        provider.agree(id, 5_000, code);
        provider.decline(id, status, code, false);
        confirm(&ada, id, code).await.problem(503, "unavailable");
    }
    provider.agree(id, 5_000, "pay-1");
    assert_eq!(confirm(&ada, id, "pay-1").await.json(200)["state"], "PAID");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_to_a_confirmation_loses_no_money() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "toss")).await;
    let ada = cluster.user().await;
    let charge = ada.try_charge("once", 5_000).await.json(202);
    let id = charge["chargeId"].as_str().unwrap();
    provider.agree(id, 5_000, "pay-1");
    provider.behave(Behaviour { lost: 100, ..Behaviour::default() });
    confirm(&ada, id, "pay-1").await.problem(503, "unavailable");
    assert_eq!((provider.taken(), ada.balance().await), (5_000, json!(0)));
    provider.behave(Behaviour::default());
    until(&ada, id, "PAID").await;
    assert_eq!(ada.balance().await, json!(5_000));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_without_a_signature_says_no_more_than_where_to_look() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "toss")).await;
    let (ada, client) = (cluster.user().await, cluster.client());
    let charge = ada.try_charge("once", 5_000).await.json(202);
    let id = charge["chargeId"].as_str().unwrap();
    let notice = json!({"eventType": "PAYMENT_STATUS_CHANGED", "data": {"orderId": id, "status": "DONE"}});
    let tell = || client.post("/webhooks/toss").json(&notice).send();
    tell().await.json(200);
    assert_eq!(charge_of(&ada, id).await["state"], "PENDING");
    provider.agree(id, 5_000, "pay-1");
    confirm(&ada, id, "pay-1").await.json(200);
    tell().await.json(200);
    assert_eq!(ada.balance().await, json!(5_000));
    client.post("/webhooks/toss").json_bytes("no JSON").send().await.problem(400, "malformed_request");
    client.post("/webhooks/toss").json(&json!({"data": {"orderId": "another's"}})).send().await.json(200);
    client.post("/webhooks/stripe").json_bytes("{}").send().await.problem(404, "not_found");
    cluster.end().await;
}

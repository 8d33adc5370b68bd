use futures::future::join;
use seatline_tests::contract::{CREATED_WEBHOOK, WEBHOOK, WEBHOOKS};
use seatline_tests::{ADMIN_KEY, Cluster, Operator, Receiver, eventually};
use serde_json::{Value, json};

use super::{ALL, cluster};

const WEBHOOKS_PATH: &str = "/api/v1/admin/webhooks";

fn path(webhook: &Value) -> String {
    format!("{WEBHOOKS_PATH}/{}", webhook["webhookId"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_made_listed_changed_and_deleted() {
    let cluster = Cluster::start().await;
    let owner = cluster.operator();
    let ask = async || {
        let body =
            json!({"url": "HTTPS://Shop.Example/a?b=c", "events": ["payment.refunded", "payment.completed"]});
        owner.request("POST", WEBHOOKS_PATH).key("1").json(&body).send().await
    };
    let made = ask().await.of_kind(201, CREATED_WEBHOOK);
    assert_eq!(made["url"], "https://shop.example/a?b=c");
    assert_eq!(made["events"], json!(["payment.completed", "payment.refunded"]));
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let again = ask().await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.of_kind(201, CREATED_WEBHOOK), made, "a retry is shown the secret");
    let other = owner.create_webhook("https://other.example/", &ALL).await;
    let listed = owner.request("GET", WEBHOOKS_PATH).send().await.of_kind(200, WEBHOOKS);
    let ids: Vec<_> = listed["items"].as_array().unwrap().iter().map(|one| &one["webhookId"]).collect();
    assert_eq!(ids, [&other["webhookId"], &made["webhookId"]]);
    assert!(!listed.to_string().contains("whsec_"));

    let change = |body: Value| owner.request("PATCH", &path(&made)).json(&body).send();
    let changed =
        change(json!({"enabled": false, "url": "https://new.example/"})).await.of_kind(200, WEBHOOK);
    assert_eq!((&changed["enabled"], &changed["url"]), (&json!(false), &json!("https://new.example/")));
    assert_eq!(changed["events"], made["events"]);
    assert_eq!(change(json!({})).await.problem(422, "invalid_value")["field"], "enabled");
    let events = change(json!({"events": ["reservation.held"]})).await.of_kind(200, WEBHOOK);
    assert_eq!(events["events"], json!(["reservation.held"]));

    let shown = owner.request("GET", &path(&made)).send().await.of_kind(200, WEBHOOK);
    assert_eq!(shown, events);
    owner.request("DELETE", &path(&made)).send().await.nothing(204);
    owner.request("GET", &path(&made)).send().await.problem(404, "webhook_not_found");
    owner.request("DELETE", &path(&made)).send().await.nothing(204);
    change(json!({"enabled": true})).await.problem(404, "webhook_not_found");
    let deliveries = owner.request("GET", &format!("{}/deliveries", path(&made))).send().await;
    deliveries.problem(404, "webhook_not_found");
    let recorded = cluster.database().query("SELECT action FROM audit_entries ORDER BY sequence").await;
    let expected =
        ["WEBHOOK_ADDED", "WEBHOOK_ADDED", "WEBHOOK_CHANGED", "WEBHOOK_CHANGED", "WEBHOOK_DELETED"];
    assert_eq!(recorded, expected);
    // What belongs to no concert is listed under the id of zeros.
    let audit = owner.audit("00000000-0000-0000-0000-000000000000").await;
    let listed: Vec<_> = audit.iter().rev().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(listed, expected);
    assert_eq!(audit[0]["before"]["url"], "https://new.example/");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_of_ones_own_network_are_refused_in_every_form() {
    let cluster = Cluster::start().await;
    let owner = cluster.operator();
    let ask = |url: &str, events: Value| {
        owner.request("POST", WEBHOOKS_PATH).json(&json!({"url": url, "events": events})).send()
    };
    for url in [
        "",
        "shop.example",
        "ftp://shop.example/",
        "https://user:password@shop.example/",
        "https://shop.example/#fragment",
        "http://127.0.0.1:9/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0177.1/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://192.168.1.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
    ] {
        let refused = ask(url, json!(ALL)).await.problem(422, "invalid_value");
        assert_eq!(refused["field"], "url", "{url}");
    }
    for events in [json!([]), json!(["*"]), json!(["payment.completed", "payment.completed"])] {
        let refused = ask("https://shop.example/", events).await.problem(422, "invalid_value");
        assert_eq!(refused["field"], "events");
    }
    ask("https://shop.example/", json!([7])).await.problem(400, "malformed_request");
    assert_eq!(cluster.database().query("SELECT count(*) FROM webhooks").await, ["0"]);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_stands_for_ones_own_network_is_not_called() {
    let cluster = Cluster::start().await;
    let (owner, receiver) = (cluster.operator(), Receiver::start().await);
    let url = receiver.url().replace("127.0.0.1", "localhost");
    let webhook = owner.create_webhook(&url, &["charge.completed"]).await;
    cluster.user().await.charge(1).await;
    let delivery = eventually("it is attempted", || async {
        let delivery = owner.deliveries(&webhook).await.pop()?;
        Some(delivery).filter(|one| one["attempts"] != json!([]))
    })
    .await;
    assert_eq!(delivery["attempts"][0]["failure"], "FORBIDDEN_ADDRESS");
    assert_eq!(delivery["attempts"][0]["status"], Value::Null);
    assert!(receiver.all().is_empty());
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_is_replaced_and_the_old_one_signs_for_a_day() {
    let cluster = cluster(1).await;
    let (owner, receiver) = (cluster.operator(), Receiver::start().await);
    let old = owner.create_webhook(&receiver.url(), &["charge.completed"]).await;
    let replace = async || owner.request("POST", &format!("{}/secret", path(&old))).key("1").send().await;
    let new = replace().await.of_kind(201, CREATED_WEBHOOK);
    assert_eq!(replace().await.of_kind(201, CREATED_WEBHOOK), new, "a retry replaces nothing");
    assert_ne!(new["secret"], old["secret"]);
    assert!(new["previousSecretUntil"].is_string());
    let ada = cluster.user().await;
    ada.charge(1).await;
    let both = receiver.until_taken(1).await.remove(0);
    assert!(both.is_signed_by(&new) && both.is_signed_by(&old), "{}", both.signature);
    cluster.database().execute("UPDATE webhooks SET previous_secret_until = now()").await;
    // A lease knows the secrets of the moment at which it was taken.
    cluster.database().execute("UPDATE webhook_leases SET holder = NULL, leased_until = NULL").await;
    eventually("the new one signs alone", || async {
        ada.charge(1).await;
        let last = receiver.taken().pop()?;
        Some(()).filter(|()| last.is_signed_by(&new) && !last.is_signed_by(&old))
    })
    .await;
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_instance_tells_a_webhook_of_what_is_asked_for_after_it_was_made() {
    let cluster = cluster(2).await;
    let receiver = Receiver::start().await;
    let owner = Operator::new(cluster.client_of(0), ADMIN_KEY);
    let there = cluster.user_of(1).await;
    there.charge(1).await;
    owner.create_webhook(&receiver.url(), &["charge.completed"]).await;
    there.charge(2).await;
    let told = receiver.until_taken(1).await;
    assert_eq!(told[0].body["data"]["amount"], 2);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happened_before_a_change_goes_to_those_who_wanted_it_then() {
    let cluster = cluster(1).await;
    let (owner, receiver) = (cluster.operator(), Receiver::start().await);
    let webhook = owner.create_webhook(&receiver.url(), &["charge.completed"]).await;
    let change = async |body: Value| {
        owner.request("PATCH", &path(&webhook)).json(&body).send().await.of_kind(200, WEBHOOK);
    };
    let ada = cluster.user().await;
    // It is told, and nobody can publish it.
    let feed = cluster.database().lock_by("SELECT FROM public.event_feed FOR UPDATE").await;
    ada.charge(1).await;
    let release = async {
        let waits =
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        eventually("the change waits", async || cluster.database().query(waits).await.pop()).await;
        feed.release().await;
    };
    join(change(json!({"enabled": false})), release).await;
    ada.charge(2).await;
    change(json!({"enabled": true})).await;
    change(json!({"events": ["payment.completed"]})).await;
    let told = receiver.until_taken(1).await;
    assert_eq!(told[0].body["data"]["amount"], 1);
    ada.charge(3).await;
    let published = "SELECT 1 FROM (SELECT count(*) AS staged FROM public.outbox) AS told WHERE staged = 0";
    eventually("all is published", async || cluster.database().query(published).await.pop()).await;
    let pending = "SELECT count(*) FROM deliveries";
    assert_eq!(cluster.database().query(pending).await, ["1"], "it was disabled for 2, and wanted no 3");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_disabled_is_told_of_nothing_and_one_that_only_fails_is_disabled() {
    let cluster = cluster(1).await;
    let (owner, receiver) = (cluster.operator(), Receiver::start().await);
    let webhook = owner.create_webhook(&receiver.url(), &["charge.completed"]).await;
    let ada = cluster.user().await;
    let enable = async |enabled: bool| {
        owner
            .request("PATCH", &path(&webhook))
            .json(&json!({"enabled": enabled}))
            .send()
            .await
            .of_kind(200, WEBHOOK)
    };
    enable(false).await;
    ada.charge(1).await;
    enable(true).await;
    ada.charge(2).await;
    let told = receiver.until_taken(1).await;
    assert_eq!(told[0].body["data"]["amount"], 2);
    receiver.answer_by(|_, _| 500);
    ada.charge(3).await;
    let failing = "SELECT 1 FROM webhook_leases WHERE failing_since IS NOT NULL";
    eventually("it fails", || async { cluster.database().query(failing).await.pop() }).await;
    let days_ago = "UPDATE webhook_leases SET failing_since = failing_since - interval '3 days'";
    cluster.database().execute(days_ago).await;
    ada.charge(4).await;
    let listed = eventually("it is disabled", || async {
        let listed = owner.request("GET", WEBHOOKS_PATH).send().await.of_kind(200, WEBHOOKS);
        Some(listed["items"][0].clone()).filter(|one| one["enabled"] == false)
    })
    .await;
    assert!(listed["disabledAt"].is_string());
    let calls = receiver.all().len();
    ada.charge(5).await;
    receiver.answer_by(|_, _| 204);
    let enabled = enable(true).await;
    assert_eq!(enabled["disabledAt"], Value::Null);
    // Of somebody else: what follows the charges that failed waits for them.
    cluster.user().await.charge(6).await;
    eventually("it is told again", || async {
        let amounts: Vec<_> =
            receiver.taken().iter().map(|message| message.body["data"]["amount"].as_u64()).collect();
        Some(()).filter(|()| amounts.contains(&Some(6)) && !amounts.contains(&Some(5)))
    })
    .await;
    assert!(receiver.all().len() > calls);
    cluster.end().await;
}

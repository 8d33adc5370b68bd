//! The console's pages by the rules of WCAG 2.2, as far as axe-core can tell; and on the smallest screen.

use seatline_tests::contract::REFUND;
use seatline_tests::{Chromium, Cluster, ClusterOptions, Sale, Window};
use serde_json::{Value, json};

use super::super::accessibility::inspect;
use super::super::assert_content;
use super::sign_in_as_owner;
use super::words::{ENGLISH, KOREAN, Words};

/// Types a section of a hall.
const TYPE_SECTION: &str = r#"
for (const [name, value] of [["section-name", "Floor"], ["section-price", "1000"], ["section-rows", "A 1-20\nB 21-40"], ["accessible", "1, 2"]])
    document.querySelector(`[name=${name}]`).value = value;
"#;

/// Sends the form of a page with nothing typed, by its last button.
const SEND_EMPTY: &str = r#"
const form = document.querySelector(arguments[0]);
form.noValidate = true;
form.querySelectorAll("input:not([type=hidden]), textarea").forEach((one) => { one.value = ""; });
form.requestSubmit([...form.querySelectorAll("button")].at(-1));
"#;

/// Looks at what a form says that was sent empty.
async fn inspect_refused(window: &Window, words: &Words, form: &str, name: &str) {
    window.run(SEND_EMPTY, vec![json!(form)]).await;
    window.sees(words.fill_in).await;
    inspect(window, name).await;
    assert_eq!(window.complaints().await.len(), 1, "{name}: of the form that was refused");
}

fn hall() -> Value {
    json!([
        {"name": "Floor", "price": 1_000, "firstSeat": 1, "lastSeat": 60},
        {"name": "Balcony with a view of the stage", "price": 500, "firstSeat": 61, "lastSeat": 120},
    ])
}

async fn look_at_making(owner: &Window, words: &Words, concert: &str) {
    owner.open("/console/new-concert").await;
    inspect(owner, "a new concert").await;
    inspect_refused(owner, words, "form.making", "a new concert with nothing typed").await;
    owner.open(&format!("{concert}/new-performance")).await;
    inspect(owner, "a new performance").await;
    owner.press(words.add_section).await;
    owner.sees(&format!("{} 2", words.section)).await;
    inspect(owner, "a new performance with two sections").await;
    owner.open(&format!("{concert}/new-performance")).await;
    owner.run(TYPE_SECTION, vec![]).await;
    owner.press(words.preview).await;
    owner.sees("Floor (40)").await;
    inspect(owner, "a new performance and its hall").await;
    owner.open(&format!("{concert}/new-performance")).await;
    inspect_refused(owner, words, "form.making", "a new performance with nothing typed").await;
}

async fn look_at_sale(owner: &Window, words: &Words, concert: &str, performances: [&str; 2]) {
    owner.open(concert).await;
    owner.sees_in("[data-highest=\"2\"]", "2").await;
    inspect(owner, "a sale").await;
    owner.press(words.corrections).await;
    inspect(owner, "a sale to be corrected").await;
    let [performance, cancelled] = performances;
    owner.open(performance).await;
    // The map is drawn by a script.
    owner.press(words.zoom_in).await;
    inspect(owner, "a performance").await;
    owner.press(words.corrections).await;
    inspect(owner, "a performance to be corrected").await;
    inspect_refused(owner, words, ".danger form", "a cancellation with nothing typed").await;
    owner.open(cancelled).await;
    inspect(owner, "a cancelled performance").await;
    owner.open(&format!("{concert}/audit")).await;
    inspect(owner, "the record of changes").await;
}

async fn look_at_people_and_keys(owner: &Window, words: &Words, person: &str) {
    owner.open("/console/people").await;
    inspect(owner, "people").await;
    owner.open(person).await;
    inspect(owner, "a person").await;
    inspect_refused(owner, words, "form[action$=points]", "points with nothing typed").await;
    owner.open("/console/keys").await;
    inspect(owner, "keys").await;
    owner.fill(words.key_name, "South gate").await;
    owner.press(words.make_key).await;
    owner.sees("slk_").await;
    inspect(owner, "a key that was made").await;
}

async fn look_at_webhooks(owner: &Window, words: &Words, webhook: &str) {
    owner.open("/console/webhooks").await;
    inspect(owner, "webhooks").await;
    // A browser would not send it empty.
    owner
        .run("document.querySelectorAll('[required]').forEach((one) => { one.required = false; })", vec![])
        .await;
    owner.press(words.make_webhook).await;
    owner.sees(words.choose_one).await;
    inspect(owner, "a webhook with nothing typed").await;
    assert_eq!(owner.complaints().await.len(), 1, "of the form that was refused");
    owner.open(webhook).await;
    inspect(owner, "a webhook with deliveries").await;
    owner.press(words.new_secret).await;
    owner.sees("whsec_").await;
    inspect(owner, "a new secret").await;
}

async fn look_at_gate(owner: &Window, words: &Words, gate: &str, code: &str) {
    owner.open("/console/gates").await;
    inspect(owner, "gates").await;
    owner.open(gate).await;
    inspect(owner, "a gate").await;
    for (code, verdict) in [(code, words.come_in), (code, words.used), ("nonsense", words.no_ticket)] {
        owner.fill(words.code, code).await;
        owner.press(words.check_in).await;
        owner.sees_in("[data-word]", verdict).await;
        inspect(owner, verdict).await;
    }
}

async fn look_at_every_page(words: &Words) {
    let options = ClusterOptions { webhook_networks: "127.0.0.0/8", ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let operator = cluster.operator();
    let plan = Sale::builder().seats_per_user(8).refundable_until(Sale::STARTS_AT).sections(hall());
    let sale = plan.clone().open(&operator).await;
    let cancelled = plan.add_performance(&operator, &sale.concert_id).await;
    let mut ada = cluster.user().await;
    let tickets = ada.buy(&sale, &[1, 2, 3]).await;
    let payment = json!({"paymentId": tickets[0]["paymentId"]});
    ada.try_refund(&payment, Some(&[3])).await.of_kind(201, REFUND);
    cluster.user().await.enter(&sale).await.hold(&sale, &[4]).await;
    operator.cancel(&cancelled.performance_id).await;
    operator.create_key("Box office", "OPERATOR").await;
    let webhook = operator.create_webhook("http://127.0.0.1:9/hook", &["reservation.held"]).await;
    let webhook = format!("/console/webhooks/{}", webhook["webhookId"].as_str().unwrap());
    cluster.user().await.enter(&sale).await.hold(&sale, &[5]).await;
    let concert = format!("/console/concerts/{}", sale.concert_id);
    let [performance, cancelled] =
        [&sale, &cancelled].map(|sale| format!("/console/performances/{}", sale.performance_id));

    let owner = chromium.window(words.language).await;
    owner.open("/console").await;
    inspect(&owner, "signing in").await;
    sign_in_as_owner(&owner, words).await;
    inspect(&owner, "sales").await;
    look_at_making(&owner, words, &concert).await;
    look_at_sale(&owner, words, &concert, [&performance, &cancelled]).await;
    look_at_people_and_keys(&owner, words, &format!("/console/people/{}", ada.user_id)).await;
    look_at_webhooks(&owner, words, &webhook).await;
    look_at_gate(&owner, words, &format!("{performance}/gate"), tickets[0]["code"].as_str().unwrap()).await;
    operator.set_state(&sale.concert_id, "PAUSED").await;
    owner.open(&concert).await;
    inspect(&owner, "a sale that is paused").await;
    assert_content(&owner).await;
    owner.press(words.signed_in).await;
    owner.fill(words.operators_key, "slk_wrong").await;
    owner.press(words.sign_in).await;
    owner.sees(words.wrong_key).await;
    inspect(&owner, "a key that there is not").await;
    drop(chromium);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_is_for_everybody_in_english() {
    look_at_every_page(&ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_is_for_everybody_in_korean() {
    look_at_every_page(&KOREAN).await;
}

//! The gate: a ticket's code is typed, and the answer is seen.

use seatline_tests::{Chromium, Cluster, Sale};

use super::super::assert_content;
use super::sign_in;
use super::words::ENGLISH;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_is_typed_at_the_gate_admits_once() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).refundable_until(Sale::STARTS_AT).open(&operator).await;
    let mut ada = cluster.user().await;
    let tickets = ada.buy(&sale, &[7, 8]).await;
    let code = |ticket: usize| tickets[ticket]["code"].as_str().unwrap();
    let made = operator.create_key("North gate", "GATE").await;
    let path = format!("/console/performances/{}/gate", sale.performance_id);

    let gate = chromium.window("en").await;
    gate.open("/console").await;
    sign_in(&gate, &ENGLISH, made["key"].as_str().unwrap()).await;
    gate.open(&path).await;
    gate.sees_in("[data-word]", "Ready").await;
    gate.sees_in("[data-network]", "A list of 2 tickets is kept").await;
    gate.fill("This gate, if it has a name", "North").await;
    gate.fill(ENGLISH.code, code(0)).await;
    gate.press(ENGLISH.check_in).await;
    gate.sees_in("[data-word]", ENGLISH.come_in).await;
    gate.sees_in("[data-text]", "row A, seat 7").await;
    // The field is empty again, for the next one.
    gate.fill(ENGLISH.code, code(0)).await;
    gate.press(ENGLISH.check_in).await;
    gate.sees_in("[data-word]", ENGLISH.used).await;
    gate.sees_in("[data-text]", "North").await;
    gate.fill(ENGLISH.code, "nonsense").await;
    gate.press(ENGLISH.check_in).await;
    gate.sees_in("[data-word]", ENGLISH.no_ticket).await;
    gate.fill(ENGLISH.code, code(1)).await;
    gate.press(ENGLISH.check_in).await;
    gate.sees_in("[data-text]", "row A, seat 8").await;
    gate.sees_in("[data-word]", ENGLISH.come_in).await;
    assert_eq!(gate.path().await, path, "the page has stayed, with what it keeps");
    let states: Vec<_> = ada.tickets().await.iter().map(|ticket| ticket["state"].clone()).collect();
    assert_eq!(states, ["USED", "USED"]);
    assert_content(&gate).await;
    drop(chromium);
    cluster.end().await;
}

/// Waits until the page is kept, with a script that gives it back.
const KEPT: &str = r#"
const done = arguments[arguments.length - 1];
navigator.serviceWorker.ready.then(async () => {
    while (!(await caches.match(location.pathname)) || !(await caches.match(document.querySelector("[rel=stylesheet]").href)))
        await new Promise((again) => setTimeout(again, 50));
    done(true);
});
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gate_is_opened_and_admits_when_the_network_is_gone() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).open(&operator).await;
    let mut ada = cluster.user().await;
    let tickets = ada.buy(&sale, &[7, 8]).await;
    let code = |ticket: usize| tickets[ticket]["code"].as_str().unwrap();
    let made = operator.create_key("North gate", "GATE").await;
    let path = format!("/console/performances/{}/gate", sale.performance_id);
    let gate = chromium.window("en").await;
    gate.open("/console").await;
    sign_in(&gate, &ENGLISH, made["key"].as_str().unwrap()).await;
    gate.open(&path).await;
    gate.sees_in("[data-network]", "A list of 2 tickets is kept").await;
    gate.run_until_done(KEPT, vec![]).await;
    assert_content(&gate).await;
    // Other pages are not kept.
    gate.open("/console/gates").await;
    cluster.end().await;

    gate.open(&path).await;
    gate.sees_in("[data-word]", "Ready").await;
    gate.sees_in("[data-network]", "A list of 2 tickets is kept").await;
    for (ticket, word, text) in [
        (0, "Come in – not yet confirmed", "row A, seat 7"),
        (0, ENGLISH.used, "row A, seat 7"),
        (1, "Come in – not yet confirmed", "row A, seat 8"),
    ] {
        gate.fill(ENGLISH.code, code(ticket)).await;
        gate.press(ENGLISH.check_in).await;
        gate.sees_in("[data-text]", text).await;
        gate.sees_in("[data-word]", word).await;
    }
    gate.sees_in("[data-network]", "2 not yet confirmed").await;
    drop(chromium);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_signs_out_leaves_no_gate_behind() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale = Sale::open(&cluster.operator()).await;
    let gate = chromium.window("en").await;
    gate.open("/console").await;
    sign_in(&gate, &ENGLISH, seatline_tests::ADMIN_KEY).await;
    gate.open(&format!("/console/performances/{}/gate", sale.performance_id)).await;
    gate.run_until_done(KEPT, vec![]).await;
    gate.press(ENGLISH.signed_in).await;
    gate.sees("Signed out.").await;
    let kept = gate.run_until_done("caches.keys().then(arguments[arguments.length - 1])", vec![]).await;
    assert_eq!(kept, serde_json::json!([]));
    assert_content(&gate).await;
    drop(chromium);
    cluster.end().await;
}

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

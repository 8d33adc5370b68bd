//! Every page by the rules of WCAG 2.2, A and AA, as far as axe-core can tell; and on the smallest screen.

use seatline_tests::{Chromium, Cluster, Sale, Scheme, Window};
use serde_json::{Value, json};

use super::assert_content;
use super::words::{ENGLISH, KOREAN, Words};

const AXE: &str = include_str!("../../vendor/axe-core/axe.min.js");

const RUN_AXE: &str = r#"
const done = arguments[arguments.length - 1];
const values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
// What is found is told by its rule and its element: nothing else of it is worked out.
const brief = { resultTypes: ["violations"], selectors: false };
axe.run(document, { runOnly: { type: "tag", values }, rules: { "target-size": { enabled: true } }, ...brief })
    .then(({ passes, violations }) => done({
        passes: passes.length,
        violations: violations.map(({ id, help, nodes }) =>
            `${id}: ${help}: ${nodes.map(({ html, any }) => `${html} ${any[0]?.message ?? ""}`).join("; ")}`),
    }), (error) => done(String(error)));
"#;

/// The smallest screen, as wide as one of 1,280 pixels at four times its size.
const SMALLEST: (u32, u32) = (320, 640);
const USUAL: (u32, u32) = (1_280, 900);

/// Looks at the page that is shown, light and dark, and narrow.
pub(super) async fn inspect(window: &Window, name: &str) {
    window.run(AXE, vec![]).await;
    for scheme in [Scheme::Light, Scheme::Dark] {
        window.prefer(scheme).await;
        let found = window.run_until_done(RUN_AXE, vec![]).await;
        assert_eq!(found["violations"], json!([]), "{name}, {scheme:?}: {found:#}");
        assert!(found["passes"].as_u64().unwrap() > 10, "{name}: {found}");
    }
    window.resize(SMALLEST.0, SMALLEST.1).await;
    let width = window.run("return document.documentElement.scrollWidth", vec![]).await;
    assert!(width.as_u64().unwrap() <= u64::from(SMALLEST.0), "{name} is {width} pixels wide");
    window.resize(USUAL.0, USUAL.1).await;
}

/// A hall with rows enough that they are closed at first, and with places for wheelchairs.
fn hall() -> Value {
    let rows: Vec<_> = (0..20_u32)
        .map(|row| {
            let (first, y) = (row * 10 + 1, row + 1);
            json!({"label": format!("{y}"), "firstSeat": first, "lastSeat": first + 9, "x": 1, "y": y, "dx": 1, "dy": 0})
        })
        .collect();
    json!([
        {"name": "Floor", "price": 1_000, "rows": rows},
        {"name": "Balcony", "price": 500, "firstSeat": 201, "lastSeat": 600},
    ])
}

async fn look_at_every_page(words: &Words) {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale =
        Sale::builder().seats_per_user(2).sections(hall()).capacity(1).refundable_until(Sale::STARTS_AT);
    let sale = sale.open(&cluster.operator()).await;
    let bob = cluster.user().await.enter(&sale).await;
    bob.hold(&sale, &[3, 4]).await;
    let ada = chromium.window(words.language).await;
    let (concert, performance) =
        (format!("/concerts/{}", sale.concert_id), format!("/performances/{}", sale.performance_id));

    for (path, name) in [("/", "the programme"), ("/account", "no account yet"), (&*concert, "a concert")] {
        ada.open(path).await;
        inspect(&ada, name).await;
    }
    ada.press(words.join).await;
    ada.sees_in("[role=status]", words.next_in_line).await;
    inspect(&ada, "the waiting room").await;
    for (path, name) in
        [("/line/mine", "the waiting room without scripts"), ("", "a concert to those who wait")]
    {
        ada.open(&format!("{concert}{path}")).await;
        inspect(&ada, name).await;
    }
    ada.open("/tickets").await;
    inspect(&ada, "no tickets yet").await;
    bob.leave().await;
    ada.open(&format!("{concert}/line")).await;
    ada.arrives_at(&performance).await;
    ada.open(&concert).await;
    inspect(&ada, "a concert in one's turn").await;
    ada.open(&format!("{performance}?notice=seat-taken")).await;
    inspect(&ada, "the seats, and bad news").await;
    ada.open(&format!("{performance}?open=0.0&picked=5")).await;
    ada.sees_in("[role=status]", words.picked).await;
    inspect(&ada, "the seats of a row").await;
    ada.press(words.hold).await;
    ada.sees(words.held).await;
    inspect(&ada, "a hold without points").await;
    ada.press(words.give_back).await;
    ada.sees(words.given_back).await;
    inspect(&ada, "a hold that was given back").await;
    ada.open(&format!("{performance}?open=0.0&picked=5")).await;
    for (button, then, name) in [
        (words.hold, words.held, "another hold"),
        (words.charge, words.pay, "a hold with points"),
        (words.pay, words.yours, "a paid reservation"),
        (words.to_tickets, words.valid, "a ticket"),
    ] {
        ada.press(button).await;
        ada.sees(then).await;
        inspect(&ada, name).await;
    }
    ada.press(words.refund).await;
    ada.sees(words.refunded).await;
    inspect(&ada, "a refunded reservation").await;
    for (path, name) in [("/tickets", "a void ticket"), ("/account", "an account")] {
        ada.open(path).await;
        inspect(&ada, name).await;
    }
    ada.press(words.show_key).await;
    ada.sees("slt_").await;
    inspect(&ada, "the key of an account").await;
    ada.press(words.show_code).await;
    ada.sees(words.code_good).await;
    inspect(&ada, "a code for another device").await;
    assert_content(&ada).await;
    ada.open("/nowhere").await;
    inspect(&ada, "a page that is not there").await;
    drop(chromium);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_for_everybody_in_english() {
    look_at_every_page(&ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_for_everybody_in_korean() {
    look_at_every_page(&KOREAN).await;
}

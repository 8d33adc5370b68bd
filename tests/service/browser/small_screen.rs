//! A telephone: what somebody needs is within reach.

use seatline_tests::{Chromium, Cluster, Sale, WindowOptions};
use serde_json::json;

use super::words::ENGLISH;
use super::{assert_content, enter};

/// Whether an element can be touched where it is seen: nothing is in front of its middle.
const REACHABLE: &str = r"
const one = document.querySelector(arguments[0]);
const { left, top, width, height } = one.getBoundingClientRect();
const found = document.elementFromPoint(left + width / 2, top + height / 2);
return top >= 0 && top + height <= innerHeight && left >= 0 && left + width <= innerWidth && one.contains(found);
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hold_is_within_reach_wherever_the_list_is_scrolled_to() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale = Sale::builder().seats(120).open(&cluster.operator()).await;
    let options = WindowOptions { size: (320, 640), ..WindowOptions::default() };
    let ada = chromium.window_with(options).await;
    enter(&ada, &sale, &ENGLISH).await;
    ada.press(ENGLISH.seat).await;
    ada.sees_in("[role=status]", ENGLISH.picked).await;
    for place in ["0", "document.body.scrollHeight / 2", "document.body.scrollHeight * 0.7"] {
        ada.run(&format!("scrollTo({{ top: {place}, behavior: 'instant' }})"), vec![]).await;
        let reachable = ada.run(REACHABLE, vec![json!("[data-hold] button")]).await;
        assert_eq!(reachable, json!(true), "scrolled to {place}");
    }
    ada.press(ENGLISH.hold).await;
    ada.sees(ENGLISH.held).await;
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

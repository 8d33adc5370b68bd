//! Seats that others take and give back, seen on a screen that is only looked at.

use seatline_tests::{Chromium, Cluster, Sale, Window};
use serde_json::json;

use super::words::ENGLISH;
use super::{assert_content, enter};

/// How often the page has asked how the seats stand.
const ASKED: &str =
    "return performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/states')).length;";

/// Lets the page believe that somebody looks at it, or that nobody does.
const LOOK: &str = r#"
const [hidden] = arguments;
Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
document.dispatchEvent(new Event("visibilitychange"));
"#;

/// Waits until the first seat of which the page shows the button can be picked, or cannot.
async fn sees_seat(window: &Window, number: u32, class: &str) {
    window.sees_element(&format!("button.seat.{class}[value='{number}']")).await;
}

async fn asked(window: &Window) -> u64 {
    window.run(ASKED, vec![]).await.as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_that_somebody_takes_is_shown_on_another_screen_without_its_asking() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let operator = cluster.operator();
    let sale = Sale::builder().seats(30).open(&operator).await;
    let ada = chromium.window("en").await;
    enter(&ada, &sale, &ENGLISH).await;
    operator.sees_streams(1).await;
    let bob = cluster.user().await.enter(&sale).await;
    let held = bob.hold(&sale, &[7]).await;
    sees_seat(&ada, 7, "held").await;
    let path = format!("/api/v1/reservations/{}", held["reservationId"].as_str().unwrap());
    bob.request("DELETE", &path).send().await.nothing(204);
    sees_seat(&ada, 7, "free").await;
    bob.charge(Sale::PRICE).await;
    bob.pay(&bob.hold(&sale, &[9]).await).await;
    sees_seat(&ada, 9, "sold").await;
    assert_eq!(asked(&ada).await, 0, "it was told");

    // A page in the background is told nothing, and catches up when it is looked at again.
    ada.run(LOOK, vec![json!(true)]).await;
    operator.sees_streams(0).await;
    cluster.user().await.enter(&sale).await.hold(&sale, &[11]).await;
    assert!(ada.has("Floor, row A, seat 11, 1,000 points").await);
    ada.run(LOOK, vec![json!(false)]).await;
    sees_seat(&ada, 11, "held").await;
    operator.sees_streams(1).await;
    assert_eq!(asked(&ada).await, 0, "it was told");
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_no_stream_gets_through_the_page_asks_until_one_does() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let operator = cluster.operator();
    let sale = Sale::builder().seats(30).open(&operator).await;
    let ada = chromium.window("en").await;
    ada.block(&["*/events?*"]).await;
    enter(&ada, &sale, &ENGLISH).await;
    cluster.user().await.enter(&sale).await.hold(&sale, &[7]).await;
    sees_seat(&ada, 7, "held").await;
    assert!(asked(&ada).await > 0);
    ada.block(&["*/states"]).await;
    operator.sees_streams(1).await;
    cluster.user().await.enter(&sale).await.hold(&sale, &[9]).await;
    sees_seat(&ada, 9, "held").await;
    drop(chromium);
    cluster.end().await;
}

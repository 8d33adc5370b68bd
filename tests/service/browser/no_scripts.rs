//! A browser that runs no scripts.

use seatline_tests::{Chromium, Cluster, Sale, WindowOptions};

use super::assert_content;
use super::words::ENGLISH;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_is_bought_without_any_script() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale = Sale::builder().seats(30).capacity(1).open(&cluster.operator()).await;
    let bob = cluster.user().await.enter(&sale).await;
    let ada = chromium.window_with(WindowOptions { scripts: false, ..WindowOptions::default() }).await;
    ada.open(&format!("/concerts/{}", sale.concert_id)).await;
    ada.press(ENGLISH.join).await;
    // She is led to a page of her own, which loads itself again.
    ada.arrives_at(&format!("/concerts/{}/line/mine", sale.concert_id)).await;
    ada.sees_in("[role=status]", ENGLISH.next_in_line).await;
    bob.leave().await;
    ada.arrives_at(&format!("/performances/{}", sale.performance_id)).await;
    assert!(!ada.has("Show all").await, "there is no map that nobody draws");
    ada.press(ENGLISH.seat).await;
    ada.sees_in("[role=status]", "1 seat, 1,000 points").await;
    ada.press(ENGLISH.hold).await;
    ada.sees(ENGLISH.held).await;
    ada.press(ENGLISH.charge).await;
    ada.press(ENGLISH.pay).await;
    ada.sees(ENGLISH.yours).await;
    ada.press(ENGLISH.to_tickets).await;
    ada.sees(ENGLISH.ticket).await;
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

//! The best seats by one button.

use seatline_tests::{Chromium, Cluster, Sale};

use super::words::ENGLISH;
use super::{assert_content, enter};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_best_seats_are_held_by_one_button() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale = Sale::builder().seats(30).seats_per_user(2).open(&cluster.operator()).await;
    let ada = chromium.window("en").await;
    enter(&ada, &sale, &ENGLISH).await;
    ada.choose("How many seats?", "2").await;
    ada.press("Best seats").await;
    ada.sees(ENGLISH.held).await;
    ada.sees("2,000 points").await;
    assert_content(&ada).await;

    // Where no two are side by side, that is said, and nothing is held.
    let bob = chromium.window("en").await;
    let carol = cluster.user().await;
    let row = Sale::builder().seats(3).seats_per_user(2).open(&cluster.operator()).await;
    carol.enter(&row).await.hold(&row, &[2]).await;
    enter(&bob, &row, &ENGLISH).await;
    bob.choose("How many seats?", "2").await;
    bob.press("Best seats").await;
    bob.sees("No row has so many seats side by side.").await;
    assert_content(&bob).await;
    drop(chromium);
    cluster.end().await;
}

//! From the programme to a ticket, and back to the points.

use seatline_tests::{Chromium, Cluster, ClusterOptions, Sale};

use super::words::{ENGLISH, KOREAN, Words};
use super::{assert_content, enter};

/// Buys a seat after somebody else's turn, and gives it back.
async fn buy(words: &Words) {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale = Sale::builder().seats(30).capacity(1).refundable_until(Sale::STARTS_AT);
    let sale = sale.open(&cluster.operator()).await;
    let bob = cluster.user().await.enter(&sale).await;
    let ada = chromium.window(words.language).await;

    ada.open("/").await;
    ada.press("Winter Gala").await;
    ada.press(words.join).await;
    ada.arrives_at(&format!("/concerts/{}/line", sale.concert_id)).await;
    ada.sees_in("[role=status]", words.next_in_line).await;
    bob.leave().await;
    ada.sees(words.your_turn).await;
    ada.arrives_at(&format!("/performances/{}", sale.performance_id)).await;
    ada.sees_in("[role=status]", words.pick).await;
    ada.press(words.seat).await;
    ada.sees_in("[role=status]", words.picked).await;
    ada.press(words.hold).await;
    ada.sees(words.held).await;
    ada.sees_in("[role=timer]", "4:").await;
    ada.press(words.charge).await;
    ada.press(words.pay).await;
    ada.sees(words.yours).await;
    ada.press(words.to_tickets).await;
    ada.sees(words.ticket).await;
    ada.sees(words.valid).await;
    ada.press(words.refund).await;
    ada.sees(words.refunded).await;
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_is_bought_and_given_back_in_english() {
    buy(&ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_is_bought_and_given_back_in_korean() {
    buy(&KOREAN).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_lapses_before_ones_eyes() {
    let options = ClusterOptions { hold_ttl: ClusterOptions::SHORT_HOLD, ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let ada = chromium.window("en").await;
    enter(&ada, &sale, &ENGLISH).await;
    ada.press(ENGLISH.seat).await;
    ada.press(ENGLISH.hold).await;
    // Nothing is touched from here on.
    ada.arrives_at("/reservations/").await;
    ada.sees("The time is up").await;
    assert!(!ada.has(ENGLISH.charge).await && !ada.has(ENGLISH.pay).await);
    ada.press("Back to the seats").await;
    ada.press(ENGLISH.seat).await;
    ada.sees(ENGLISH.picked).await;
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_are_picked_on_the_map_by_the_mouse() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let ada = chromium.window("en").await;
    enter(&ada, &sale, &ENGLISH).await;
    let seat = ada.point_at_a_seat("[data-canvas]", "[data-tip]").await;
    assert!(seat.starts_with("Floor, row ") && seat.ends_with(", 1,000 points"), "{seat}");
    ada.click_there().await;
    ada.sees_in("[role=status]", ENGLISH.picked).await;
    ada.press(ENGLISH.hold).await;
    ada.sees(ENGLISH.held).await;
    ada.sees(seat.trim_end_matches(", 1,000 points")).await;
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

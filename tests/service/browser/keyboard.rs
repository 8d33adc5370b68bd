//! The whole way by the keyboard alone.

use fantoccini::key::Key;
use seatline_tests::{Chromium, Cluster, Sale};

use super::assert_content;
use super::words::ENGLISH;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_is_bought_by_the_keyboard_alone() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    // So many rows that they are closed at first.
    let sale = Sale::builder().seats(400).refundable_until(Sale::STARTS_AT).open(&cluster.operator()).await;
    let ada = chromium.window("en").await;
    ada.open("/").await;
    ada.key(Key::Tab).await;
    ada.key(Key::Enter).await;
    assert!(ada.path().await.ends_with("#main"), "the first stop leads past the menu: {}", ada.path().await);
    for (name, key) in [("Winter Gala", Key::Enter), (ENGLISH.join, Key::Space)] {
        ada.tab_to(name).await;
        ada.key(key).await;
    }
    ada.arrives_at(&format!("/performances/{}", sale.performance_id)).await;
    ada.sees_in("[role=status]", ENGLISH.pick).await;
    for (name, key) in
        [("Row C 40 of 40 free", Key::Enter), ("Floor, row C, seat 2, 1,000 points", Key::Space)]
    {
        ada.tab_to(name).await;
        ada.key(key).await;
    }
    ada.sees_in("[role=status]", ENGLISH.picked).await;
    for (name, key, then) in [
        (ENGLISH.hold, Key::Enter, ENGLISH.held),
        (ENGLISH.charge, Key::Enter, "The points are in your account."),
        (ENGLISH.pay, Key::Space, ENGLISH.yours),
        (ENGLISH.to_tickets, Key::Enter, "Floor, row C, seat 2"),
        (ENGLISH.refund, Key::Enter, ENGLISH.refunded),
    ] {
        ada.tab_to(name).await;
        ada.key(key).await;
        ada.sees(then).await;
    }
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

//! The waiting room.

use seatline_tests::{Chromium, Cluster, Sale, eventually};

use super::assert_content;
use super::words::ENGLISH;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_turn_comes_while_the_tab_is_closed() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let operator = cluster.operator();
    let sale = Sale::builder().seats(30).capacity(1).open(&operator).await;
    let bob = cluster.user().await.enter(&sale).await;
    let ada = chromium.window("en").await;
    ada.open(&format!("/concerts/{}", sale.concert_id)).await;
    ada.press(ENGLISH.join).await;
    ada.sees_in("[role=status]", ENGLISH.next_in_line).await;
    assert_content(&ada).await;
    ada.close_tab().await;
    bob.leave().await;
    eventually("nobody waits any more", || async {
        let sales = operator.sales(&sale.concert_id).await;
        (sales["queue"]["waiting"] == 0).then_some(())
    })
    .await;
    eventually("her turn is shown", || async {
        ada.open("/").await;
        ada.press("Winter Gala").await;
        ada.text().await.contains("It is your turn. Choose a date.").then_some(())
    })
    .await;
    ada.press("Choose seats").await;
    ada.press(ENGLISH.seat).await;
    ada.press(ENGLISH.hold).await;
    ada.sees(ENGLISH.held).await;
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_keeps_the_place_and_leaving_gives_it_up() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale = Sale::builder().seats(30).capacity(1).open(&cluster.operator()).await;
    cluster.user().await.enter(&sale).await;
    let ada = chromium.window("en").await;
    ada.open(&format!("/concerts/{}", sale.concert_id)).await;
    ada.press(ENGLISH.join).await;
    ada.sees_in("[role=status]", ENGLISH.next_in_line).await;
    ada.open(&ada.path().await).await;
    ada.sees_in("[role=status]", ENGLISH.next_in_line).await;
    ada.sees("Live").await;
    ada.press("Leave the line").await;
    ada.sees("You have left the line").await;
    assert!(ada.has(ENGLISH.join).await);
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

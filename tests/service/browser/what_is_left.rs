//! A concert that is looked at while others buy.

use seatline_tests::{Chromium, Cluster, Sale};

use super::assert_content;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_concert_says_what_is_left_without_being_loaded_again() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let operator = cluster.operator();
    let sale = Sale::builder().seats(2).open(&operator).await;
    let ada = chromium.window("en").await;
    ada.open(&format!("/concerts/{}", sale.concert_id)).await;
    ada.sees_in("[data-left]", "2 of 2 seats left").await;
    ada.run("window.still = true", vec![]).await;
    cluster.user().await.buy(&sale, &[1]).await;
    ada.sees_in("[data-left]", "1 of 2 seats left").await;
    cluster.user().await.buy(&sale, &[2]).await;
    ada.sees_in("[data-left]", "Sold out").await;
    ada.sees_in("[data-sale]", "Sold out").await;
    assert_eq!(ada.run("return window.still", vec![]).await, true, "it is the same page");
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

//! The picture at the top of the README. `script/picture` draws it anew.

use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use seatline_tests::{Chromium, Cluster, Sale, WindowOptions};
use serde_json::json;

use super::words::ENGLISH;
use super::{arena, assert_content};

/// The most that a picture in the README may have.
const BYTES_MAX: usize = 120_000;
const CROWD: u64 = 56;
/// Of the section that is nearest to the stage.
const SEATS_OF_A_ROW: u64 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_shows_itself() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(4).sections(arena::sections(12)).open(&operator).await;
    // What a sale looks like after its first minutes: some seats are sold, and some are held.
    for user in 0..CROWD {
        let buyer = cluster.user().await.enter(&sale).await;
        // The front and the middle first, with gaps.
        let first = 1 + (user % 8) * 5 + (user / 8) * SEATS_OF_A_ROW;
        let seats: Vec<u64> = (first..=first + 1 + user % 3).collect();
        let hold = buyer.hold(&sale, &seats).await;
        if user % 5 != 0 {
            buyer.charge(1_000_000).await;
            buyer.pay(&hold).await;
        }
    }
    let options = WindowOptions { size: (1_280, 1_000), ..WindowOptions::default() };
    let ada = chromium.window_with(options).await;
    ada.open(&format!("/concerts/{}", sale.concert_id)).await;
    ada.press(ENGLISH.join).await;
    ada.arrives_at(&format!("/performances/{}", sale.performance_id)).await;
    ada.sees(ENGLISH.pick).await;
    ada.open(&format!("/performances/{}?open=0.2&picked=93,94", sale.performance_id)).await;
    ada.sees_in("[role=status]", "2 picked").await;
    ada.sees_in("figcaption", "Sold").await;
    let drawn = ada.devtools("Page.captureScreenshot", json!({"format": "webp", "quality": 50})).await;
    let bytes = BASE64_STANDARD.decode(drawn["data"].as_str().unwrap()).unwrap();
    assert!((10_000..BYTES_MAX).contains(&bytes.len()), "{} bytes", bytes.len());
    if let Some(path) = std::env::var_os("SEATLINE_PICTURE").filter(|path| !path.is_empty()) {
        std::fs::write(PathBuf::from(path), bytes).unwrap();
    }
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

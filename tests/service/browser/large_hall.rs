//! A hall of so many rows that the list shows those of one section only.

use seatline_tests::{Chromium, Cluster, Sale};

use super::words::ENGLISH;
use super::{arena, assert_content, enter};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_picked_stays_picked_when_another_section_is_opened() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale =
        Sale::builder().seats_per_user(2).sections(arena::sections(12)).open(&cluster.operator()).await;
    let ada = chromium.window("en").await;
    enter(&ada, &sale, &ENGLISH).await;
    for name in [
        "Show the rows – Floor",
        "Row 2 40 of 40 free",
        "Floor, row 2, seat 3, 165,000 points",
        "Show the rows – Upper left",
        "Row 1 24 of 24 free",
        "Upper left, row 1, seat 1, 99,000 points",
    ] {
        ada.press(name).await;
    }
    ada.sees_in("[role=status]", "2 picked, 264,000 points").await;
    ada.press(ENGLISH.hold).await;
    ada.sees(ENGLISH.held).await;
    ada.sees("Floor, row 2, seat 3").await;
    ada.sees("Upper left, row 1, seat 1").await;
    assert_content(&ada).await;
    drop(chromium);
    cluster.end().await;
}

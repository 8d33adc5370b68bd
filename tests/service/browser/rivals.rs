//! Two people at the same seat, each at a screen of their own.

use futures::future::join;
use seatline_tests::{Chromium, Cluster, Sale, Window, eventually};
use serde_json::json;

use super::words::ENGLISH;
use super::{assert_content, enter};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_gets_a_seat_and_both_see_who() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let (ada, bob) = join(chromium.window("en"), chromium.window("en")).await;
    join(enter(&ada, &sale, &ENGLISH), enter(&bob, &sale, &ENGLISH)).await;
    join(ada.press(ENGLISH.seat), bob.press(ENGLISH.seat)).await;
    join(ada.press(ENGLISH.hold), bob.press(ENGLISH.hold)).await;
    let has_it = |path: &str| path.starts_with("/reservations/");
    let answered = async |window: &Window| {
        let says = "return document.body.innerText.includes(arguments[0]);";
        eventually("an answer", async || {
            let refused = window.run(says, vec![json!("Somebody else was quicker")]).await == true;
            (refused || has_it(&window.path().await)).then_some(())
        })
        .await;
    };
    join(answered(&ada), answered(&bob)).await;
    let (first, second) = join(ada.path(), bob.path()).await;
    let (winner, loser) = if has_it(&first) { (&ada, &bob) } else { (&bob, &ada) };
    assert!(has_it(&first) != has_it(&second), "{first} and {second}");
    winner.sees(ENGLISH.held).await;
    loser.sees("Somebody else was quicker").await;
    assert!(!loser.has(ENGLISH.seat).await);

    // The one who lost sees it become free again, without doing anything.
    winner.press("Give the seats back").await;
    loser.press(ENGLISH.seat).await;
    loser.sees_in("[role=status]", ENGLISH.picked).await;
    // The other one takes it back before it is held, and that is seen too.
    winner.open(&format!("/performances/{}", sale.performance_id)).await;
    winner.press(ENGLISH.seat).await;
    winner.press(ENGLISH.hold).await;
    winner.sees(ENGLISH.held).await;
    loser.sees_in("[role=status]", "Somebody else was quicker").await;
    assert!(!loser.has(ENGLISH.hold).await, "there is nothing picked any more");
    assert_content(&ada).await;
    assert_content(&bob).await;
    drop(chromium);
    cluster.end().await;
}

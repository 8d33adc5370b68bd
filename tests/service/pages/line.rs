//! The waiting room.

use seatline_tests::{Cluster, Sale, eventually};
use serde_json::Value;

use super::journey::enter;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_the_line_has_the_same_bytes_for_everybody() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let path = format!("/concerts/{}/line?lang=en", sale.concert_id);
    let mut ada = cluster.browser("en");
    enter(&mut ada, &sale, "Get in line").await;
    let mut stranger = cluster.browser("ko");
    let (hers, theirs) = (ada.open(&path).await, stranger.open(&path).await);
    assert_eq!(hers.html, theirs.html);
    assert!(hers.header("cache-control").starts_with("public"), "{}", hers.header("cache-control"));
    assert!(!hers.header("vary").contains("Cookie"), "{}", hers.header("vary"));
    assert!(hers.header("set-cookie").is_empty());
    assert!(
        hers.says("url=/concerts/") && hers.says("/line/mine"),
        "without scripts there is a page of one's own"
    );
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_see_their_place_and_go_on_in_their_turn() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(30).capacity(1).open(&cluster.operator()).await;
    let (mut ada, mut bob) = (cluster.browser("en"), cluster.browser("en"));
    enter(&mut ada, &sale, "Get in line").await;
    let concert = bob.open(&format!("/concerts/{}", sale.concert_id)).await;
    bob.press(&concert, "Get in line").await;
    let state = format!("/concerts/{}/line/state?lang=en", sale.concert_id);
    let told: Value = serde_json::from_str(&bob.open(&state).await.html).unwrap();
    assert_eq!(
        (&told["state"], &told["number"], &told["aheadCount"]),
        (&"waiting".into(), &"2".into(), &0.into())
    );
    assert!(told["say"].as_str().unwrap().starts_with("You are next. Your number is 2."), "{told}");
    let mine = bob.open(&format!("/concerts/{}/line/mine", sale.concert_id)).await;
    assert!(mine.says("role=\"status\"") && mine.says("You are next") && mine.says("http-equiv=\"refresh\""));
    let seats = format!("/performances/{}", sale.performance_id);
    assert!(bob.open(&seats).await.path.ends_with("/line"), "whoever waits is led back to the line");

    let page = ada.open(&format!("/concerts/{}", sale.concert_id)).await;
    ada.press(&page, "Give up my turn").await;
    let onward = eventually("it is the next one's turn", || {
        let (mut bob, state) = (bob.clone(), state.clone());
        async move {
            let told: Value = serde_json::from_str(&bob.open(&state).await.html).unwrap();
            (told["state"] == "turn").then(|| told["onward"].clone())
        }
    });
    assert_eq!(onward.await, seats.as_str());
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_leaves_the_line() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(30).capacity(1).open(&cluster.operator()).await;
    enter(&mut cluster.browser("en"), &sale, "Get in line").await;
    let mut bob = cluster.browser("en");
    let concert = bob.open(&format!("/concerts/{}", sale.concert_id)).await;
    let line = bob.press(&concert, "Get in line").await;
    let left = bob.press(&line, "Leave the line").await;
    assert!(left.says("You have left the line") && left.has_button("Get in line"), "{}", left.html);
    let state = format!("/concerts/{}/line/state", sale.concert_id);
    let told: Value = serde_json::from_str(&bob.open(&state).await.html).unwrap();
    assert_eq!(told["state"], "away");
    cluster.end().await;
}

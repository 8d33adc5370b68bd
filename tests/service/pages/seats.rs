//! Seats, as a list and as what scripts draw.

use futures::future::join;
use seatline_tests::{Cluster, Sale};
use serde_json::Value;

use super::journey::enter;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_hall_is_opened_row_by_row() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(20_000).open(&cluster.operator()).await;
    let mut ada = cluster.browser("en");
    let seats = enter(&mut ada, &sale, "Get in line").await;
    assert!(seats.html.len() < 120_000, "{} bytes", seats.html.len());
    assert!(!seats.has_button("Floor, row B, seat 3, 1,000 points"), "it is not opened yet");
    let links: Vec<_> =
        seats.values("href").into_iter().filter(|link| link.starts_with("?open=0.1&")).collect();
    let path = format!("/performances/{}", sale.performance_id);
    let row = ada.open(&format!("{path}{}", links[0].split('#').next().unwrap())).await;
    let picked = ada.press(&row, "Floor, row B, seat 3, 1,000 points").await;
    assert!(picked.says("1 seat, 1,000 points"), "{}", picked.html);
    let held = ada.press(&picked, "Hold").await;
    assert!(held.says("Floor, row B, seat 3"));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_are_told_where_seats_are_and_how_they_stand() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(90).seats_per_user(2).open(&cluster.operator()).await;
    let bob = cluster.user().await.enter(&sale).await;
    bob.hold(&sale, &[4, 5]).await;
    let mut ada = cluster.browser("en");
    enter(&mut ada, &sale, "Get in line").await;
    let path = format!("/performances/{}", sale.performance_id);
    ada.post(&format!("{path}/hold"), &[("key", "a"), ("seats", "9")]).await;
    assert_eq!(ada.open(&format!("{path}/states")).await.html, "f3h2f3m1f81");
    let map: Value = serde_json::from_str(&ada.open(&format!("{path}/map")).await.html).unwrap();
    assert_eq!(map["states"], "f3h2f3m1f81");
    assert_eq!(map["sections"][0]["name"], "Floor");
    let rows = map["sections"][0]["rows"].as_array().unwrap();
    assert_eq!((&rows[0][0], &rows[0][1], &rows[2][2]), (&"A".into(), &1.into(), &90.into()));
    let row: Value = serde_json::from_str(&ada.open(&format!("{path}/rows/1?lang=en")).await.html).unwrap();
    assert_eq!((&row[3]["state"], &row[8]["state"]), (&"held".into(), &"mine".into()));
    assert_eq!(row[0]["place"], "1");
    assert_eq!(row[0]["label"], "Floor, row A, seat 1, 1,000 points");
    assert_eq!(ada.open(&format!("{path}/rows/9999")).await.status, 404);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_that_somebody_else_has_is_said_and_another_can_be_picked() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let mut ada = cluster.browser("en");
    let seats = enter(&mut ada, &sale, "Get in line").await;
    let picked = ada.press(&seats, "Floor, row A, seat 7, 1,000 points").await;
    let bob = cluster.user().await.enter(&sale).await;
    bob.hold(&sale, &[7]).await;
    let refused = ada.press(&picked, "Hold").await;
    assert!(refused.says("Somebody else was quicker"), "{}", refused.html);
    assert!(!refused.has_button("Floor, row A, seat 7, 1,000 points"));
    let other = ada.press(&refused, "Floor, row A, seat 8, 1,000 points").await;
    assert!(ada.press(&other, "Hold").await.path.starts_with("/reservations/"));
    let again = ada.open(&format!("/performances/{}?picked=9", sale.performance_id)).await;
    assert!(ada.press(&again, "Hold").await.says("You hold these seats already"), "it leads to what is held");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_not_in_line_is_led_to_it() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let page = cluster.browser("en").open(&format!("/performances/{}", sale.performance_id)).await;
    assert!(
        page.path.starts_with(&format!("/concerts/{}", sale.concert_id)) && page.has_button("Get in line")
    );
    assert!(page.says("Get in line first"));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_best_seats_are_held_by_one_button() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(30).seats_per_user(2).open(&cluster.operator()).await;
    let mut ada = cluster.browser("en");
    let seats = enter(&mut ada, &sale, "Get in line").await;
    assert!(seats.has_button("Best seats"));
    let path = format!("/performances/{}/best", sale.performance_id);
    let held = ada.send(&path, &[("key", "a-key"), ("count", "2")]).await;
    assert!(held.path.starts_with("/reservations/") && held.says("2,000 points"), "{}", held.html);
    assert_eq!(
        ada.send(&path, &[("key", "a-key"), ("count", "2")]).await.path,
        held.path,
        "sent twice, held once"
    );
    let mut bob = cluster.browser("en");
    enter(&mut bob, &sale, "Get in line").await;
    assert!(bob.send(&path, &[("key", "another"), ("count", "31")]).await.says("class=\"notice\""));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_that_can_be_reached_without_steps_are_named_so() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(30).accessible_seats(&[7]).open(&operator).await;
    for (language, join, key, seat, other) in [
        (
            "en",
            "Get in line",
            "Accessible seats",
            "Floor, row A, seat 7, 1,000 points, accessible",
            "Floor, row A, seat 8, 1,000 points",
        ),
        ("ko", "줄 서기", "휠체어석", "Floor A열 7번, 1,000포인트, 휠체어석", "Floor A열 8번, 1,000포인트"),
    ] {
        let mut ada = cluster.browser(language);
        let seats = enter(&mut ada, &sale, join).await;
        assert!(seats.has_button(seat) && seats.has_button(other), "{}", seats.html);
        assert!(seats.says(&format!("class=\"key accessible\">{key}<")), "{}", seats.html);
        let path = format!("/performances/{}", sale.performance_id);
        let row: Value =
            serde_json::from_str(&ada.open(&format!("{path}/rows/1?lang={language}")).await.html).unwrap();
        assert_eq!((&row[6]["label"], &row[6]["accessible"]), (&seat.into(), &true.into()));
        assert_eq!((&row[7]["label"], &row[7]["accessible"]), (&other.into(), &false.into()));
    }
    let plain = Sale::builder().seats(30).open(&operator).await;
    let mut ada = cluster.browser("en");
    assert!(!enter(&mut ada, &plain, "Get in line").await.says("Accessible seats"), "there are none");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_are_told_what_changes_until_the_turn_is_over() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats(90).seats_per_user(3).open(&operator).await;
    let bob = cluster.user().await.enter(&sale).await;
    bob.hold(&sale, &[4, 5, 9]).await;
    let mut ada = cluster.browser("en");
    enter(&mut ada, &sale, "Get in line").await;
    let path = format!("/performances/{}", sale.performance_id);
    ada.post(&format!("{path}/hold"), &[("key", "a"), ("seats", "7")]).await;
    let mut elsewhere = ada.clone();
    let watching = format!("{path}/events?known=");
    let (told, _) = join(ada.open(&watching), async {
        operator.sees_streams(1).await;
        elsewhere.send(&format!("/concerts/{}/line/departure", sale.concert_id), &[]).await
    })
    .await;
    assert_eq!(told.header("content-type"), "text/event-stream");
    let (first, rest) = told.html.split_once("event: seats\nid: ").unwrap();
    assert_eq!(first, "retry: 1000\n\n");
    let (version, rest) = rest.split_once('\n').unwrap();
    assert!(version.len() == 16 && rest.starts_with("data: h4-5h7h9mm7\n\n"), "{rest}");
    assert!(rest.ends_with("event: ended\ndata: over\n\n"), "{rest}");
    let over = ada.open(&watching).await;
    assert!(over.path.starts_with(&format!("/concerts/{}", sale.concert_id)), "{}", over.path);
    cluster.end().await;
}

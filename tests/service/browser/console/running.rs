//! A sale that is run from the console while people buy.

use seatline_tests::{Chromium, Cluster, Sale, Window, eventually};

use super::super::assert_content;
use super::super::words::ENGLISH as BUYERS;
use super::words::ENGLISH;
use super::{id_of, sign_in_as_owner};

/// Adds a concert by its form. Gives its id.
async fn add_concert(operator: &Window) -> String {
    operator.press("New concert").await;
    operator.arrives_at("/console/new-concert").await;
    operator.fill("Title", "Winter Gala").await;
    operator.fill("Venue", "Grand Hall, Seoul").await;
    operator.press("New concert").await;
    let path = operator.arrives_at("/console/concerts/").await;
    operator.sees("The concert is on the programme.").await;
    id_of(&path)
}

/// Adds a performance by its form, and sees its hall while it is typed. Gives its id.
async fn add_performance(operator: &Window) -> String {
    operator.press("New performance").await;
    operator.sees("Name of the section").await;
    operator.enter_moment("Starts", "2099-12-24T19:00").await;
    operator.fill("Name of the section", "Floor").await;
    operator.fill("Price of a seat", &Sale::PRICE.to_string()).await;
    operator.fill("Rows", "A 1-20\nB 21-40").await;
    operator.sees_in("[data-total]", "40 seats").await;
    operator.fill("Accessible seats", "1, 2").await;
    operator.sees_in("[data-preview] figcaption", "Accessible seats (2)").await;
    operator.press("New performance").await;
    let path = operator.arrives_at("/console/performances/").await;
    operator.sees("The performance is added.").await;
    id_of(&path)
}

/// Gets in line, and buys a seat.
async fn buy(buyer: &Window, concert: &str, performance: &str) {
    buyer.open(&format!("/concerts/{concert}")).await;
    buyer.press(BUYERS.join).await;
    buyer.arrives_at(&format!("/performances/{performance}")).await;
    buyer.press(BUYERS.seat).await;
    buyer.press(BUYERS.hold).await;
    buyer.sees(BUYERS.held).await;
    buyer.press(BUYERS.charge).await;
    buyer.press(BUYERS.pay).await;
    buyer.sees(BUYERS.yours).await;
    buyer.press(BUYERS.to_tickets).await;
    buyer.sees(BUYERS.valid).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sale_is_run_from_the_console_while_people_buy() {
    let cluster = Cluster::start().await;
    let Some(chromium) = Chromium::start(&cluster) else { return cluster.end().await };
    let operator = chromium.window("en").await;
    sign_in_as_owner(&operator, &ENGLISH).await;
    let concert = add_concert(&operator).await;
    let performance = add_performance(&operator).await;
    let sale = format!("/console/concerts/{concert}");

    // The page of the sale is left open while somebody buys: its figures follow.
    operator.open(&sale).await;
    operator.sees_in("[data-figure=available]", "40").await;
    let ada = chromium.window("en").await;
    buy(&ada, &concert, &performance).await;
    operator.sees_in("[data-figure=sold]", "1").await;
    operator.sees_in("[data-figure=available]", "39").await;
    operator.sees_in("[data-figure=revenue]", "1,000 points").await;

    operator.fill("Capacity", "1").await;
    operator.sees_in("[data-forecast]", "nobody waits.").await;
    operator.fill("Capacity", "0").await;
    eventually("nothing is said of what is no capacity", || async {
        (!operator.text().await.contains("With these figures")).then_some(())
    })
    .await;

    operator.fill("Reason", "The hall is evacuated").await;
    operator.press("Pause").await;
    operator.sees("Nobody is admitted.").await;
    operator.sees_in("[data-state]", "Paused").await;
    let bob = chromium.window("en").await;
    bob.open(&format!("/concerts/{concert}")).await;
    bob.press(BUYERS.join).await;
    bob.sees_in("[role=status]", "You are next.").await;
    bob.sees("paused").await;
    operator.sees_in("[data-figure=waiting]", "1").await;
    operator.press("Open").await;
    operator.sees_in("[data-state]", "Open").await;
    bob.arrives_at(&format!("/performances/{performance}")).await;
    operator.sees_in("[data-figure=waiting]", "0").await;
    for window in [&operator, &bob] {
        assert_content(window).await;
    }

    operator.open(&format!("/console/performances/{performance}")).await;
    operator.fill("Reason", "The singer is ill").await;
    operator.fill("Title of the concert", "Winter gala").await;
    operator.press("Cancel performance").await;
    operator.sees("That is not the title of the concert.").await;
    assert_eq!(operator.complaints().await.len(), 1, "of the form that was refused");
    ada.open("/tickets").await;
    ada.sees(BUYERS.valid).await;
    operator.fill("Title of the concert", "Winter Gala").await;
    operator.press("Cancel performance").await;
    operator.sees("1 of 1 payments refunded, 1,000 points").await;
    assert!(!operator.has("Cancel performance").await);
    ada.open("/tickets").await;
    ada.sees("Void").await;
    assert!(!ada.text().await.contains(BUYERS.valid));
    ada.open("/account").await;
    ada.sees("Refunded").await;
    operator.open(&sale).await;
    operator.sees_in("[data-figure=refunded]", "1,000 points").await;
    operator.press("Record of changes").await;
    operator.sees("The singer is ill").await;
    operator.sees("The hall is evacuated").await;
    for window in [&operator, &ada] {
        assert_content(window).await;
    }
    drop(chromium);
    cluster.end().await;
}

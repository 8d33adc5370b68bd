//! What somebody sees who charges points with a browser.

use seatline_tests::{Browser, Cluster, ClusterOptions, Sale};

use super::{provider, with};
use crate::pages::enter;

async fn with_account(cluster: &Cluster) -> Browser {
    let mut browser = cluster.browser("en");
    let page = browser.open("/account").await;
    browser.send("/account", &[("name", "Ada"), ("key", &page.values("value")[0])]).await;
    browser
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_is_led_to_the_provider_and_back() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let mut browser = with_account(&cluster).await;
    let account = browser.open("/account").await;
    assert!(account.says("You pay at our payment provider") && !account.says("Play money"));
    let waiting = browser.press(&account, "Charge points").await;
    let id = provider.charges()[0].clone();
    assert!(waiting.says(&format!("url=/charges/{id}/checkout")), "{}", waiting.html);
    let checkout = browser.peek(&format!("/charges/{id}/checkout")).await;
    assert_eq!(checkout.header("location"), format!("{}/pay/{id}", provider.url()));

    let back = browser.open(&format!("/charges/{id}/return")).await;
    assert!(back.says("Go on to the payment"), "nobody has paid");
    provider.pay(&id);
    let back = browser.open(&format!("/charges/{id}/return")).await;
    assert!(back.says("The points are in your account.") && back.says("100,000"), "{}", back.html);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_browser_brings_back_from_toss_is_confirmed() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "toss")).await;
    let mut browser = with_account(&cluster).await;
    let account = browser.open("/account").await;
    let waiting = browser.press(&account, "Charge points").await;
    let id = waiting.html.split("url=/charges/").nth(1).unwrap()[..36].to_owned();
    let checkout = browser.peek(&format!("/charges/{id}/checkout")).await;
    assert_eq!(checkout.header("location"), format!("{}/pay/{id}", provider.url()));
    provider.agree(&id, 100_000, "pay-1");
    let back = browser.open(&format!("/charges/{id}/return?paymentKey=pay-1&orderId={id}&amount=1")).await;
    assert!(back.says("The points are in your account."), "{}", back.html);
    assert_eq!(provider.taken(), 100_000);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_of_a_won_that_is_missing_is_charged_as_a_whole_one() {
    let provider = provider();
    let cluster = Cluster::start_with(with(&provider, "stripe")).await;
    let sale = Sale::builder().price(1_000.5).seats(30).open(&cluster.operator()).await;
    let mut browser = cluster.browser("en");
    enter(&mut browser, &sale, "Get in line").await;
    let path = format!("/performances/{}/hold", sale.performance_id);
    let held = browser.send(&path, &[("key", "once"), ("seats", "7")]).await;
    assert!(held.says("1,000.5"), "{}", held.html);
    browser.press(&held, "Charge points").await;
    let id = provider.charges()[0].clone();
    provider.pay(&id);
    assert_eq!(provider.taken(), 1_001);
    let back = browser.open(&format!("/charges/{id}/return")).await;
    assert!(back.path.starts_with(&held.path), "it comes back to the reservation: {}", back.path);
    assert!(browser.press(&back, "Pay").await.says("It is yours"));
    assert!(browser.open("/account").await.says("0.5"));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_says_how_points_are_charged() {
    let cluster = Cluster::start().await;
    assert!(with_account(&cluster).await.open("/account").await.says("Play money"));
    cluster.end().await;
    let options = ClusterOptions { payments: "operator", ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let page = with_account(&cluster).await.open("/account").await;
    assert!(page.says("Points are credited by the organiser.") && !page.says("Charge points"));
    cluster.end().await;
}

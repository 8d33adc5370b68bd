//! The language of a page.

use seatline_tests::{Cluster, Sale};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_language_is_the_browsers_until_another_is_chosen() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let mut ada = cluster.browser("ko-KR,ko;q=0.9,en-US;q=0.8");
    let path = format!("/concerts/{}", sale.concert_id);
    let page = ada.open(&path).await;
    assert!(page.says("<html lang=\"ko\">") && page.has_button("줄 서기"));
    let page = ada.press(&page, "English").await;
    assert_eq!(page.path, path, "it stays where it was");
    assert!(page.says("<html lang=\"en\">") && page.has_button("Get in line"));
    assert!(ada.open("/").await.says("<html lang=\"en\">"), "it is remembered");
    assert!(
        ada.open(&format!("{path}/line?lang=ko")).await.says("<html lang=\"ko\">"),
        "an address may say another"
    );
    assert!(cluster.browser("fr").open("/").await.says("<html lang=\"en\">"));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_led_to_another_site_by_the_choice_of_a_language() {
    let cluster = Cluster::start().await;
    let mut ada = cluster.browser("en");
    for back in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let answer = ada.post("/language", &[("lang", "ko"), ("back", back)]).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/"), "{back}");
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dates_are_the_venues() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().starts_at("2099-12-24T23:30:00Z").open(&cluster.operator()).await;
    let path = format!("/concerts/{}", sale.concert_id);
    let english = cluster.browser("en").open(&path).await;
    assert!(english.says("Friday, 25 December 2099") && english.says("8:30 am"), "{}", english.html);
    let korean = cluster.browser("ko").open(&path).await;
    assert!(korean.says("2099년 12월 25일 금요일") && korean.says("오전 8:30"), "{}", korean.html);
    cluster.end().await;
}

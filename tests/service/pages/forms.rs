//! Forms: other sites' are refused, and what people write is shown as they wrote it.

use seatline_bootstrap::Switch;
use seatline_tests::{Cluster, ClusterOptions, Sale};
use serde_json::json;

use super::journey::enter;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_of_other_sites_are_refused() {
    let cluster = Cluster::start().await;
    let sale = Sale::builder().seats(30).open(&cluster.operator()).await;
    let mut ada = cluster.browser("en");
    enter(&mut ada, &sale, "Get in line").await;
    let paths = [
        format!("/concerts/{}/line", sale.concert_id),
        format!("/concerts/{}/line/departure", sale.concert_id),
        format!("/performances/{}/hold", sale.performance_id),
        format!("/reservations/{}/payment", sale.performance_id),
        format!("/reservations/{}/departure", sale.performance_id),
        "/account".to_owned(),
        "/account/charges".to_owned(),
        "/account/key".to_owned(),
        "/account/code".to_owned(),
        "/account/device".to_owned(),
        "/account/departure".to_owned(),
        "/language".to_owned(),
    ];
    for foreign in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let mut led_astray = ada.clone();
        led_astray.headers.push((foreign.0.to_owned(), foreign.1.to_owned()));
        for path in &paths {
            let answer = led_astray.post(path, &[("key", "k"), ("seats", "1"), ("amount", "5")]).await;
            assert_eq!(answer.status, 403, "{path} {foreign:?}");
            assert!(answer.says("That came from another site") && answer.header("set-cookie").is_empty());
        }
    }
    assert!(ada.open("/account").await.says("Nothing was charged"), "nothing was done");
    let state = ada.open(&format!("/concerts/{}/line/state", sale.concert_id)).await;
    assert!(state.says("\"turn\""), "nobody was thrown out: {}", state.html);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_write_is_no_markup() {
    const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let concert = operator.add_concert(&json!({"title": EVIL, "venue": EVIL})).await;
    let id = concert["concertId"].as_str().unwrap();
    let section = json!({"name": "<b>\"Floor'", "firstSeat": 1, "lastSeat": 9, "price": 5});
    let performance = json!({"startsAt": Sale::STARTS_AT, "sections": [section]});
    let performance = operator.add_performance(id, &performance).await;
    let performance = performance["performanceId"].as_str().unwrap();
    let mut ada = cluster.browser("en");
    let opened = ada.send("/account", &[("name", EVIL), ("key", "a-key-that-nobody-else-has")]).await;
    let concert = ada.open(&format!("/concerts/{id}")).await;
    let line = ada.press(&concert, "Get in line").await;
    let pages = [
        opened,
        line,
        ada.open("/").await,
        ada.open(&format!("/concerts/{id}/line/mine")).await,
        ada.open(&format!("/performances/{performance}?picked=1%22%3E%3Cb%3E&open=%22%3E%3Cb%3E")).await,
        ada.open("/?notice=%3Cb%3E").await,
        ada.open(&format!("/posters/{id}.svg")).await,
        concert,
    ];
    for page in pages {
        assert_eq!(page.status, 200, "{}", page.path);
        for mark in ["<script>", "<img src=x", "<b>", "onerror=alert(1)>\""] {
            assert!(!page.says(mark), "{mark} on {}:\n{}", page.path, page.html);
        }
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_is_a_page_with_one_step_on() {
    let cluster = Cluster::start().await;
    let mut ada = cluster.browser("en");
    let nobody = "01a1fd36-5354-7383-bbd3-aaf6f79a5417";
    for (path, status, next) in [
        ("/nowhere".to_owned(), 404, "/"),
        (format!("/concerts/{nobody}"), 404, "/"),
        (format!("/concerts/{nobody}/line"), 404, "/"),
        (format!("/performances/{nobody}"), 404, "/"),
        ("/concerts/7".to_owned(), 404, "/"),
        (format!("/reservations/{nobody}"), 401, "/account"),
        (format!("/posters/{nobody}.svg"), 404, "/"),
        ("/assets/style.css".to_owned(), 404, "/"),
    ] {
        let page = ada.peek(&path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert!(page.says(&format!("class=\"button large\" href=\"{next}\"")), "{path}: {}", page.html);
    }
    let long = "x".repeat(20_000);
    for fields in
        [vec![("lang", "fr"), ("back", "/")], vec![("back", "/")], vec![("lang", &*long), ("back", "/")]]
    {
        assert_eq!(ada.post("/language", &fields).await.status, 400);
    }
    assert_eq!(ada.post("/tickets", &[]).await.status, 405);
    cluster.client().get("/nowhere").send().await.problem(404, "not_found");
    let mut api = ada.clone();
    let unknown = api.peek("/api/v1/nowhere").await;
    assert_eq!((unknown.status, unknown.header("content-type")), (404, "application/problem+json"));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_for_too_much_is_told_so_on_a_page() {
    let options = ClusterOptions { rate_limits: Switch::On, ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let mut refused = None;
    for number in 0..400 {
        let key = format!("a-key-that-nobody-else-has-{number}");
        let answer = cluster.browser("ko").post("/account", &[("key", &key)]).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status, 303);
    }
    let refused = refused.expect("an address may open only so many accounts at once");
    assert!(refused.says("조금 빨랐습니다") && refused.header("set-cookie").is_empty(), "{}", refused.html);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    cluster.end().await;
}

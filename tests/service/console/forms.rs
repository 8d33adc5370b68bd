//! Forms of the console: other sites' are refused, what people write is no markup, and nothing is done twice.

use seatline_tests::{Cluster, Sale};
use serde_json::json;

use super::{fill, id_of, owner, with_key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_of_other_sites_are_refused() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let owner = owner(&cluster).await;
    let paths = [
        "/console/session".to_owned(),
        "/console/departure".to_owned(),
        "/console/new-concert".to_owned(),
        "/console/keys".to_owned(),
        format!("/console/concerts/{}/pause", sale.concert_id),
        format!("/console/concerts/{}/queue", sale.concert_id),
        format!("/console/concerts/{}/corrections", sale.concert_id),
        format!("/console/concerts/{}/new-performance", sale.concert_id),
        format!("/console/performances/{}/seats", sale.performance_id),
        format!("/console/performances/{}/cancellation", sale.performance_id),
        format!("/console/performances/{}/gate", sale.performance_id),
        format!("/console/people/{}/points", sale.concert_id),
    ];
    for foreign in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let mut led_astray = owner.clone();
        led_astray.headers.push((foreign.0.to_owned(), foreign.1.to_owned()));
        for path in &paths {
            let answer = led_astray.post(path, &[("key", "k"), ("do", "block"), ("seats", "1")]).await;
            assert_eq!(answer.status, 403, "{path} {foreign:?}");
            assert!(answer.says("That came from another site") && answer.header("set-cookie").is_empty());
        }
    }
    assert_eq!(cluster.operator().sales(&sale.concert_id).await["queue"]["state"], "OPEN");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_write_is_no_markup_and_stays_when_it_is_refused() {
    const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let cluster = Cluster::start().await;
    let mut owner = owner(&cluster).await;
    let form = owner.open("/console/new-concert").await;
    let typed = [("title", EVIL), ("venue", EVIL), ("timezone", EVIL), ("limit", EVIL), ("capacity", EVIL)];
    let refused = fill(&mut owner, &form, "/console/new-concert", &typed).await;
    assert_eq!(refused.status, 422);
    assert_eq!((refused.field("title"), refused.field("key")), (EVIL.to_owned(), form.field("key")));
    assert!(refused.says("There is no such time zone.") && refused.says("id=\"limit-wrong\""));
    let typed = [
        ("title", EVIL),
        ("venue", EVIL),
        ("timezone", "Asia/Seoul"),
        ("limit", "2"),
        ("capacity", "9"),
        ("rate", ""),
    ];
    let sale = fill(&mut owner, &refused, "/console/new-concert", &typed).await;
    assert_eq!(sale.status, 200, "{}", sale.html);
    let id = id_of(&sale);
    let performance = json!({"startsAt": Sale::STARTS_AT, "sections": [{"name": "<b>\"Floor'", "firstSeat": 1, "lastSeat": 9, "price": 5}]});
    let performance = cluster.operator().add_performance(&id, &performance).await;
    let performance = performance["performanceId"].as_str().unwrap().to_owned();
    let mut pages = vec![refused, sale];
    for path in [
        "/console".to_owned(),
        "/console/gates".to_owned(),
        format!("/console/concerts/{id}"),
        format!("/console/concerts/{id}/audit"),
        format!("/console/concerts/{id}/new-performance"),
        format!("/console/performances/{performance}"),
        format!("/console/performances/{performance}/gate"),
        "/console/people?id=%3Cscript%3E".to_owned(),
    ] {
        pages.push(owner.open(&path).await);
    }
    for page in pages {
        for mark in ["<script>", "<img src=x", "<b>", "onerror=alert(1)>\""] {
            assert!(!page.says(mark), "{mark} on {}:\n{}", page.path, page.html);
        }
        let policy = page.header("content-security-policy");
        // The gate's page names the script that keeps it for when the network is gone.
        let trusted =
            if page.path.ends_with("/gate") { "trusted-types gate" } else { "trusted-types 'none'" };
        assert!(policy.contains("default-src 'none'") && policy.contains(trusted), "{}", page.path);
        assert_eq!(page.header("cache-control"), "no-store", "{}", page.path);
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_sent_twice_does_one_thing() {
    let cluster = Cluster::start().await;
    let mut owner = owner(&cluster).await;
    let form = owner.open("/console/new-concert").await;
    let typed = [
        ("title", "Once"),
        ("venue", "Hall"),
        ("timezone", "Asia/Seoul"),
        ("limit", "2"),
        ("capacity", "9"),
        ("rate", "60"),
    ];
    let first = fill(&mut owner, &form, "/console/new-concert", &typed).await;
    let again = fill(&mut owner, &form, "/console/new-concert", &typed).await;
    assert_eq!(id_of(&first), id_of(&again));
    assert_eq!(owner.open("/console").await.html.matches(">Once</a>").count(), 1);
    assert_eq!(
        owner.post("/console/new-concert", &[("title", "x")]).await.status,
        400,
        "a form of ours has a key"
    );
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_whole_in_both_languages() {
    let cluster = Cluster::start().await;
    let operator = cluster.operator();
    let sale = Sale::builder().seats_per_user(2).open(&operator).await;
    let mut ada = cluster.user().await;
    ada.buy(&sale, &[1, 2]).await;
    for language in ["en", "ko"] {
        let mut browser = with_key(&cluster, language, seatline_tests::ADMIN_KEY).await;
        for path in [
            "/console".to_owned(),
            "/console/new-concert".to_owned(),
            "/console/keys".to_owned(),
            "/console/gates".to_owned(),
            "/console/people".to_owned(),
            format!("/console/people/{}", ada.user_id),
            format!("/console/concerts/{}", sale.concert_id),
            format!("/console/concerts/{}/audit", sale.concert_id),
            format!("/console/concerts/{}/new-performance", sale.concert_id),
            format!("/console/performances/{}", sale.performance_id),
            format!("/console/performances/{}/gate", sale.performance_id),
        ] {
            let page = browser.open(&path).await;
            assert_eq!(page.status, 200, "{path}: {}", page.html);
            assert!(page.says(&format!("<html lang=\"{language}\">")), "{path}");
            assert_eq!(page.html.matches("<h1").count(), 1, "{path}");
            for id in page.values("for").into_iter().chain(page.values("aria-labelledby")) {
                assert_eq!(page.html.matches(&format!(" id=\"{id}\"")).count(), 1, "{id} on {path}");
            }
            let mut ids = page.values("id");
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), all, "an id is there twice on {path}");
        }
    }
    cluster.end().await;
}

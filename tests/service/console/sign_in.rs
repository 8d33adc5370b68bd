//! A key for a session, which ends with it.

use std::time::{Duration, Instant};

use seatline_bootstrap::Switch;
use seatline_tests::{ADMIN_KEY, Cluster, ClusterOptions};

use super::{owner, with_key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_exchanged_for_a_session_and_is_in_no_page() {
    let cluster = Cluster::start().await;
    let mut browser = cluster.browser("en");
    let outside = browser.open("/console/keys").await;
    assert_eq!(outside.status, 401);
    assert!(outside.has_button("Sign in") && !outside.says("New concert"), "{}", outside.html);
    assert_eq!(outside.field("next"), "/console/keys");
    let wrong = browser.send("/console/session", &[("key", "slk_wrong"), ("next", "/console")]).await;
    assert_eq!(wrong.status, 403);
    assert!(wrong.says("There is no such key") && wrong.header("set-cookie").is_empty());
    assert!(!wrong.says("slk_wrong"), "what was typed is a secret");
    let answer = browser.post("/console/session", &[("key", ADMIN_KEY), ("next", "/console/keys")]).await;
    let (cookie, next) = (answer.header("set-cookie").to_owned(), answer.header("location").to_owned());
    assert_eq!((answer.status, next.as_str()), (303, "/console/keys"));
    for part in ["HttpOnly", "SameSite=Strict", "Path=/console"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!cookie.contains(ADMIN_KEY) && !cookie.contains("Domain"));
    for path in ["/console", "/console/keys"] {
        let page = browser.open(path).await;
        assert!(page.status == 200 && page.says("Owner") && !page.says(ADMIN_KEY), "{}", page.html);
    }
    let evil = browser.post("/console/session", &[("key", ADMIN_KEY), ("next", "//evil.example")]).await;
    assert_eq!(evil.header("location"), "/console");
    let home = browser.open("/console").await;
    let left = browser.press(&home, "Sign out").await;
    assert!(left.has_button("Sign in") && left.says("Signed out.") && browser.cookies().is_empty());
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_instance_knows_a_session_and_a_forged_one_is_nobodys() {
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let browser = owner(&cluster).await;
    assert_eq!(browser.at(cluster.address(1)).open("/console/gates").await.status, 200);
    let session = browser.cookies()["seatline-console"].clone();
    let forged = |text: String| {
        let mut browser = cluster.browser("en");
        browser.headers.push(("cookie".to_owned(), format!("seatline-console={text}")));
        async move { browser.open("/console/gates").await.status }
    };
    assert_eq!(forged(session.clone()).await, 200);
    let (first, rest) = session.split_at(1);
    let other = if first == "A" { "B" } else { "A" };
    for text in [format!("{other}{rest}"), session[..session.len() - 2].to_owned(), ADMIN_KEY.to_owned()] {
        assert_eq!(forged(text.clone()).await, 401, "{text}");
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_key_ends_its_session_on_every_instance_within_two_seconds() {
    const BOUND: Duration = Duration::from_secs(2);
    let cluster = Cluster::start_with(ClusterOptions { instances: 2, ..ClusterOptions::default() }).await;
    let made = cluster.operator().create_key("Box office", "OPERATOR").await;
    let browser = with_key(&cluster, "en", made["key"].as_str().unwrap()).await;
    let [mut here, mut there] = [0, 1].map(|instance| browser.at(cluster.address(instance)));
    for browser in [&mut here, &mut there] {
        assert_eq!(browser.open("/console/gates").await.status, 200);
    }
    let mut owner = owner(&cluster).await;
    let keys = owner.open("/console/keys").await;
    assert!(keys.says("Box office"), "{}", keys.html);
    let path = format!("/console/keys/{}/revocation", made["keyId"].as_str().unwrap());
    let revoked = owner.send(&path, &[]).await;
    let revoked_at = Instant::now();
    assert!(revoked.says("Revoked.") && !revoked.says("Box office"), "{}", revoked.html);
    loop {
        let asked_at = Instant::now();
        if there.open("/console/gates").await.status == 401 {
            assert!(asked_at.saturating_duration_since(revoked_at) <= BOUND);
            break;
        }
    }
    assert_eq!(here.open("/console/gates").await.status, 401, "it was revoked here");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_guesses_only_so_many_keys() {
    let options = ClusterOptions { rate_limits: Switch::On, ..ClusterOptions::default() };
    let cluster = Cluster::start_with(options).await;
    let made = cluster.operator().create_key("Desk", "SUPPORT").await;
    let mut browser = cluster.browser("en");
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(browser.post("/console/session", &[("key", "slk_guess")]).await.status);
    }
    assert_eq!(statuses[0], 403);
    assert!(statuses.contains(&429), "{statuses:?}");
    let good = browser.post("/console/session", &[("key", made["key"].as_str().unwrap())]).await;
    assert_ne!(good.status, 303, "a good key cannot be told from a wrong one any more");
    let owner = browser.post("/console/session", &[("key", ADMIN_KEY)]).await;
    assert_eq!(owner.status, 303, "nobody shuts the owner out");
    cluster.end().await;
}

//! What answers tell a browser, beyond what [`Client`](seatline_tests::Client) checks of every answer.

use seatline_tests::{Cluster, Sale};

const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_no_pages_and_are_not_kept() {
    let cluster = Cluster::start().await;
    let sale = Sale::open(&cluster.operator()).await;
    let ada = cluster.user().await.enter(&sale).await;
    let client = cluster.client();
    for (name, request) in [
        ("a poll", ada.get("/api/v1/queue/token")),
        ("events", ada.get("/api/v1/queue/token/events")),
        ("an error", ada.get("/api/v1/payments/junk")),
        ("nobody's", client.get("/api/v1/points")),
        ("no such path", client.get("/nowhere")),
        ("a wrong method", client.request("TRACE", "/api/v1/users")),
        ("no such file", client.get("/docs/nothing.js")),
        ("metrics", cluster.operator().request("GET", "/metrics")),
        ("a head", client.request("HEAD", "/health/live")),
    ] {
        let answer = request.send().await;
        assert_eq!(answer.header("content-security-policy"), Some(NO_PAGE), "{name}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
    }
    let queue = client.get(&format!("/api/v1/concerts/{}/queue", sale.concert_id)).send().await;
    assert_eq!(queue.header("cache-control"), Some("public, max-age=1"), "what may be kept still may");
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_documentation_may_load_itself_and_nothing_else() {
    let cluster = Cluster::start().await;
    for path in ["/docs", "/docs/", "/docs/errors", "/docs/swagger-initializer.js"] {
        let answer = cluster.client().get(path).send().await;
        let policy = answer.header("content-security-policy").unwrap();
        let directives: Vec<_> = policy.split("; ").collect();
        for directive in
            ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]
        {
            assert!(directives.contains(&directive), "{path}: {policy}");
        }
        // The policy forbids scripts within pages, so there must be none.
        let page = answer.text();
        let scripts = page.split("<script").skip(1);
        let inline = scripts.filter(|rest| rest.split('>').next().is_some_and(|tag| !tag.contains("src=")));
        assert_eq!(inline.count(), 0, "{path}");
        assert!(!page.contains(" onclick=") && !page.contains("javascript:"), "{path}");
    }
    cluster.end().await;
}

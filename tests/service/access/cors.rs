//! Other sites' pages: closed to all of them, or open to those that an operator names.

use seatline_tests::{
    ADMIN_KEY, Answer, Binary, Cluster, ClusterOptions, Database, QUEUE_KEY, Sale, TICKET_KEY,
};

const OURS: &str = "https://tickets.example";
const FOREIGN: &str = "https://elsewhere.example";
const ALLOWED: &str = "access-control-allow-origin";

fn opened() -> ClusterOptions {
    ClusterOptions {
        cors_origins: "https://tickets.example,http://localhost:3000",
        ..ClusterOptions::default()
    }
}

/// What a browser asks before it lets a page send a request that no form could.
async fn preflight(cluster: &Cluster, origin: &str, method: &str, headers: &str) -> Answer {
    let request = cluster.client().request("OPTIONS", "/api/v1/reservations").header("origin", origin);
    let request = request.header("access-control-request-method", method);
    request.header("access-control-request-headers", headers).send().await
}

fn words(answer: &Answer, name: &str) -> Vec<String> {
    let mut words: Vec<_> =
        answer.header(name).unwrap_or_default().split(',').map(|word| word.trim().to_lowercase()).collect();
    words.sort();
    words
}

fn says_nothing_of_other_sites(answer: &Answer) -> bool {
    let headers = ["allow-origin", "allow-methods", "allow-headers", "allow-credentials", "expose-headers"];
    headers.iter().all(|name| answer.header(&format!("access-control-{name}")).is_none())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_closed_unless_an_operator_opens_it() {
    let cluster = Cluster::start().await;
    let asked = preflight(&cluster, OURS, "POST", "authorization").await;
    asked.problem(405, "method_not_allowed");
    assert!(says_nothing_of_other_sites(&asked));
    let read = cluster.client().get("/api/v1/concerts").header("origin", OURS).send().await;
    read.json(200);
    assert!(says_nothing_of_other_sites(&read));
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_named_origins_may_use_it_with_everything_that_it_takes() {
    let cluster = Cluster::start_with(opened()).await;
    let wanted =
        "authorization,content-type,idempotency-key,if-none-match,last-event-id,queue-token,x-request-id";
    for origin in [OURS, "http://localhost:3000"] {
        for method in ["GET", "POST", "PATCH", "DELETE"] {
            let asked = preflight(&cluster, origin, method, wanted).await;
            assert_eq!((asked.status, asked.header(ALLOWED)), (200, Some(origin)), "{method}");
            assert_eq!(words(&asked, "access-control-allow-headers").join(","), wanted);
            assert!(words(&asked, "access-control-allow-methods").contains(&method.to_lowercase()));
            assert_eq!(asked.header("access-control-max-age"), Some("3600"));
            assert_eq!(asked.header("access-control-allow-credentials"), None);
        }
        let sale = Sale::open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        let held = ada.hold_request(&sale, &[7]).header("origin", origin).send().await;
        let refused = cluster.client().get("/api/v1/points").header("origin", origin).send().await;
        let events = ada.get("/api/v1/queue/token/events").header("origin", origin).send().await;
        assert_eq!((held.status, refused.status, events.status), (201, 401, 200));
        for answer in [held, refused, events] {
            assert_eq!(answer.header(ALLOWED), Some(origin));
            let exposed = "etag,idempotency-replayed,location,retry-after,seatline-payments,x-request-id";
            assert_eq!(words(&answer, "access-control-expose-headers").join(","), exposed);
            assert!(words(&answer, "vary").contains(&"origin".to_owned()), "caches tell origins apart");
        }
    }
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_other_origins_may_not() {
    let cluster = Cluster::start_with(opened()).await;
    let rows = cluster.database().census().await;
    for origin in [
        FOREIGN,
        "null",
        "http://tickets.example",
        "https://tickets.example:8443",
        "https://tickets.example.elsewhere.example",
        "https://sub.tickets.example",
        "HTTPS://TICKETS.EXAMPLE",
    ] {
        let asked = preflight(&cluster, origin, "POST", "authorization").await;
        asked.problem(400, "malformed_request");
        assert!(asked.header(ALLOWED).is_none() && !asked.text().contains(origin), "{origin}");
        let read = cluster.client().get("/api/v1/concerts").header("origin", origin).send().await;
        read.json(200);
        assert_eq!(read.header(ALLOWED), None, "{origin}: the browser keeps it from the page");
    }
    for (method, headers) in
        [("PUT", "authorization"), ("TRACE", "queue-token"), ("POST", "x-other"), ("POST", "a b")]
    {
        let asked = preflight(&cluster, OURS, method, headers).await;
        asked.problem(400, "malformed_request");
        assert_eq!(asked.header(ALLOWED), None, "{method} {headers}");
    }
    assert_eq!(cluster.database().census().await, rows);
    cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_not_start_with_what_is_no_origin() {
    let database = Database::create().await;
    for (origins, reason) in [
        ("*", "without `*`"),
        ("https://tickets.example/book", "with no path"),
        ("tickets.example", "`https://`"),
    ] {
        let refused = Binary::run(
            "serve",
            [
                ("DATABASE_URL", database.url()),
                ("SEATLINE_LISTEN", "127.0.0.1:0"),
                ("SEATLINE_ADMIN_KEY", ADMIN_KEY),
                ("SEATLINE_PAYMENTS", "play"),
                ("SEATLINE_QUEUE_KEYS", QUEUE_KEY),
                ("SEATLINE_TICKET_KEYS", TICKET_KEY),
                ("SEATLINE_CORS_ORIGINS", origins),
            ],
        );
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success(), "{origins}");
        assert!(said.contains("--cors-origins") && said.contains(reason), "{said}");
    }
}

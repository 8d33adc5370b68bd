//! What is uncommon but sound, and what a matter of convention.

use serde_json::json;

use super::start;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_get_answers_head_with_the_same_head() {
    let fixture = start().await;
    let document = fixture.cluster.document().await;
    let reservation = fixture.ada.hold(&fixture.sale, &[7]).await;
    for (path, item) in document["paths"].as_object().unwrap() {
        if item.get("get").is_none() {
            continue;
        }
        let path = path
            .replace("{concertId}", &fixture.sale.concert_id)
            .replace("{performanceId}", &fixture.sale.performance_id)
            .replace("{date}", &fixture.sale.date)
            .replace("{reservationId}", reservation["reservationId"].as_str().unwrap());
        if path.contains('{') || path == "/metrics" || path.ends_with("/events") {
            // Nobody has paid; the others are never the same twice.
            continue;
        }
        let operator = fixture.cluster.operator();
        let ask = |method: &str| {
            if path.contains("/admin/") {
                operator.request(method, &path)
            } else {
                fixture.ada.request(method, &path)
            }
        };
        let (get, head) = (ask("GET").send().await, ask("HEAD").send().await);
        assert_eq!((get.status, head.status), (200, 200), "{path}: {}", get.text());
        assert_eq!(head.text(), "", "{path}");
        for name in ["content-type", "content-length", "etag", "cache-control", "allow"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paths_and_queries_are_read_in_one_way() {
    let fixture = start().await;
    for (path, status) in [
        ("/api/v1/concerts?", 200),
        ("/api/v1/concerts?limit=%31", 200),
        ("/api/v1/%63oncerts", 200),
        ("/api/v1/concerts/", 404),
        ("/api/v1%2fconcerts", 404),
        ("//api/v1/concerts", 404),
        ("/api/v1/concerts/?limit=1", 404),
        ("/health/live/", 404),
        ("/api/v1/concerts?LIMIT=1", 400),
        ("/api/v1/concerts?limit", 400),
        ("/api/v1/concerts?limit=", 400),
        ("/api/v1/concerts?limit=+1", 400),
        ("/api/v1/concerts?limit=1;cursor=2", 400),
        ("/api/v1/concerts?limit%00=1", 400),
        ("/api/v1/concerts?limit=%zz", 400),
        ("/api/v1/concerts?=1", 400),
    ] {
        let answer = fixture.cluster.client().get(path).send().await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
    fixture.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn media_types_are_compared_as_media_types() {
    let fixture = start().await;
    let client = fixture.cluster.client();
    for (accept, status) in [
        ("", 200),
        ("*/*", 200),
        ("application/*", 200),
        ("Application/JSON;charset=utf-8", 200),
        ("text/html, application/json;q=0.1", 200),
        ("application/problem+json", 200),
        ("text/html", 406),
        ("application/json;q=0", 406),
        ("*/*;q=0", 406),
        ("application/json;q=0, */*", 200),
        ("json", 406),
    ] {
        let answer = client.get("/api/v1/concerts").header("accept", accept).send().await;
        assert_eq!(answer.status, status, "{accept}: {}", answer.text());
    }
    for content_type in [
        "APPLICATION/JSON",
        "application/json;charset=utf-8",
        "application/json; charset=\"UTF-8\"",
        "application/json;",
    ] {
        assert_eq!(
            client.post("/api/v1/users").body(content_type, "{}").send().await.status,
            201,
            "{content_type}"
        );
    }
    fixture.cluster.end().await;
}

/// The same amount may be written in several ways; none is rounded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amounts_are_what_they_say() {
    let fixture = start().await;
    for (key, (amount, charged)) in [
        ("1", json!(1)),
        ("1.0", json!(1)),
        ("1.00", json!(1)),
        ("\"1.00\"", json!(1)),
        ("0.10", json!(0.1)),
        ("0.1", json!(0.1)),
        ("10000000.00", json!(10_000_000)),
    ]
    .into_iter()
    .enumerate()
    {
        let request = fixture.ada.request("POST", "/api/v1/points/charges").key(&key.to_string());
        let answer = request.json_bytes(format!("{{\"amount\":{amount}}}")).send().await;
        assert_eq!(answer.json(201)["amount"], charged, "{amount}");
    }
    assert_eq!(fixture.ada.balance().await, json!(10_000_004.2));
    fixture.cluster.end().await;
}

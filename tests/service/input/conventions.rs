//! What is uncommon but sound, and what a matter of convention.

use serde_json::json;

use super::Scene;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_get_answers_head_with_the_same_head() {
    let scene = Scene::set().await;
    let document = scene.cluster.document().await;
    let reservation = scene.ada.hold(&scene.sale, &[7]).await;
    for (path, item) in document["paths"].as_object().unwrap() {
        if item.get("get").is_none() {
            continue;
        }
        let path = path
            .replace("{concertId}", &scene.sale.concert_id)
            .replace("{performanceId}", &scene.sale.performance_id)
            .replace("{date}", &scene.sale.date)
            .replace("{reservationId}", reservation["reservationId"].as_str().unwrap());
        if path.contains('{') || path == "/metrics" || path.ends_with("/events") {
            // Nobody has paid; the others are never the same twice.
            continue;
        }
        let operator = scene.cluster.operator();
        let ask = |method: &str| {
            if path.contains("/admin/") {
                operator.request(method, &path)
            } else {
                scene.ada.request(method, &path)
            }
        };
        let (get, head) = (ask("GET").send().await, ask("HEAD").send().await);
        assert_eq!((get.status, head.status), (200, 200), "{path}: {}", get.text());
        assert_eq!(head.text(), "", "{path}");
        for name in ["content-type", "content-length", "etag", "cache-control", "allow"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
    scene.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paths_and_queries_are_read_in_one_way() {
    let scene = Scene::set().await;
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
        let answer = scene.cluster.client().get(path).send().await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
    scene.cluster.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn media_types_are_compared_as_media_types() {
    let scene = Scene::set().await;
    let client = scene.cluster.client();
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
    scene.cluster.end().await;
}

/// The same amount may be written in several ways; none is rounded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amounts_are_what_they_say() {
    let scene = Scene::set().await;
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
        let request = scene.ada.request("POST", "/api/v1/points/charges").key(&key.to_string());
        let answer = request.json_bytes(format!("{{\"amount\":{amount}}}")).send().await;
        assert_eq!(answer.json(201)["amount"], charged, "{amount}");
    }
    assert_eq!(scene.ada.balance().await, json!(10_000_004.2));
    scene.cluster.end().await;
}

//! Properties of every request: problems for everything, ids, methods, negotiation, health and documentation.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use seatline_domain::storage::StorageError;

use super::world::{Sender, World, concert_id, get, post};
use crate::problem::Code;

#[actix_web::test]
async fn an_unknown_path_is_not_found() {
    for path in
        ["/api/v1", "/api/v1/concerts/", "/api/v2/concerts", "/api/v1/concerts%00", "/%2e%2e%2fetc/passwd"]
    {
        World::new().send(get(path)).await.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let odd = || Method::from_bytes(b"BREW").unwrap();
    for (path, allow) in [
        ("/api/v1/users", "POST"),
        ("/api/v1/concerts", "GET, HEAD"),
        ("/api/v1/reservations", "POST, GET, HEAD"),
        ("/api/v1/queue/token", "GET, HEAD, DELETE"),
        ("/", "GET, HEAD"),
        ("/docs", "GET, HEAD"),
        ("/docs/swagger-ui.css", "GET, HEAD"),
        ("/health/live", "GET, HEAD"),
    ] {
        for method in [Method::PUT, Method::TRACE, Method::OPTIONS, Method::CONNECT, odd()] {
            let reply = World::new().send(TestRequest::with_uri(path).method(method)).await;
            reply.problem(405, "method_not_allowed");
            assert_eq!(reply.header("allow"), allow);
        }
    }
}

#[actix_web::test]
async fn head_is_served_like_get() {
    let mut world = World::new();
    world.queue.expect_figures().returning(|_| Ok(Some(super::world::figures())));
    let path = format!("/api/v1/concerts/{}/queue", concert_id());
    let reply = world.send(TestRequest::with_uri(&path).method(Method::HEAD)).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("cache-control"), "public, max-age=1");
}

#[actix_web::test]
async fn request_ids_come_back() {
    let reply = World::new().send(get("/nowhere").insert_header(("x-request-id", "order-7"))).await;
    let problem = reply.problem(404, "not_found");
    assert_eq!(reply.header("x-request-id"), "order-7");
    assert_eq!(problem["instance"], "urn:seatline:request:order-7");
    let reply = World::new().send(get("/health/live").insert_header(("x-request-id", "a b<script>"))).await;
    assert_eq!(reply.header("x-request-id").len(), 36);
    let reply = World::new().send(get("/nowhere")).await;
    let instance = format!("urn:uuid:{}", reply.header("x-request-id"));
    assert_eq!(reply.problem(404, "not_found")["instance"], instance);
}

#[actix_web::test]
async fn answers_stay_out_of_caches_frames_and_other_sites_unless_they_say_otherwise() {
    for request in
        [get("/nowhere"), get("/health/live"), TestRequest::with_uri("/docs").method(Method::TRACE)]
    {
        let reply = World::new().send(request).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(reply.header(name), value, "{name}");
        }
    }
    let reply = World::new().send(get("/docs")).await;
    assert_eq!(reply.header("cache-control"), "public, max-age=300");
    assert!(reply.header("content-security-policy").contains("script-src 'self'"));
}

#[actix_web::test]
async fn nothing_that_was_sent_is_repeated() {
    let poison = "zYx-poison-987";
    for request in [
        get(&format!("/{poison}")),
        get(&format!("/api/v1/concerts/{poison}")),
        get(&format!("/api/v1/concerts?{poison}={poison}")),
        get(&format!("/api/v1/concerts?cursor={poison}")),
        get(&format!("/api/v1/concerts?limit={poison}")),
        get("/api/v1/users/me").bearer(poison),
        get("/api/v1/users/me").insert_header(("x-request-id", format!("<{poison}>"))),
        get("/api/v1/concerts").insert_header(("accept", poison)),
        get("/api/v1/queue/token").ada().queue_token(poison),
        post("/api/v1/users", &format!("{{\"{poison}\":1}}")),
        post("/api/v1/users", &format!("{{\"name\":\"{poison}\\u0007b\"}}")),
        post("/api/v1/users", poison),
        post("/api/v1/points/charges", &format!("{{\"amount\":\"{poison}\"}}"))
            .ada()
            .key(&format!("é{poison}")),
        post(
            "/api/v1/admin/concerts",
            &format!("{{\"title\":\"a\",\"venue\":\"b\",\"timezone\":\"{poison}\"}}"),
        )
        .operator(),
    ] {
        let reply = World::new().send(request).await;
        assert!(reply.status.is_client_error(), "{}", reply.text());
        assert!(!reply.text().contains("poison"), "{}", reply.text());
        assert!(!format!("{:?}", reply.headers).contains("poison"), "{:?}", reply.headers);
    }
}

#[actix_web::test]
async fn storage_that_fails_is_told_apart() {
    for (error, status, code) in [
        (StorageError::Unavailable("secret host is down".into()), 503, "unavailable"),
        (StorageError::Overloaded, 503, "unavailable"),
        (StorageError::OutcomeUnknown("secret socket broke".into()), 503, "unavailable"),
        (StorageError::Corrupt("secret row is odd".into()), 500, "internal_error"),
    ] {
        let mut world = World::new();
        world.programme.expect_concert().returning(move |_| Err(error.clone()));
        let reply = world.send(get(&format!("/api/v1/concerts/{}", concert_id()))).await;
        let problem = reply.problem(status, code);
        assert!(!reply.text().contains("secret"));
        if status == 503 {
            assert_eq!(reply.header("retry-after"), "1");
            assert_eq!(problem["retryAfterSeconds"], 1);
        }
    }
}

#[actix_web::test]
async fn a_panic_is_an_internal_error() {
    let mut world = World::new();
    world.programme.expect_concert().returning(|_| panic!("a secret"));
    let reply = world.send(get(&format!("/api/v1/concerts/{}", concert_id()))).await;
    reply.problem(500, "internal_error");
    assert!(!reply.text().contains("secret"));
}

#[actix_web::test]
async fn json_must_be_acceptable() {
    let ask = |accept: &str| get("/api/v1/queue/token").insert_header(("accept", accept.to_owned()));
    World::new().send(ask("text/html")).await.problem(406, "not_acceptable");
    World::new().send(ask("application/json;q=0")).await.problem(406, "not_acceptable");
    World::new().send(ask("text/html, */*;q=0.1")).await.problem(401, "unauthenticated");
    let reply = World::new().send(get("/health/live").insert_header(("accept", "text/plain"))).await;
    reply.json(200);
}

#[actix_web::test]
async fn unknown_and_repeated_query_parameters_are_refused() {
    for query in ["colour=red", "limit=1&limit=2", "limit=1&colour=red", "%00=1", "userId=x"] {
        let reply = World::new().send(get(&format!("/api/v1/concerts?{query}"))).await;
        reply.problem(400, "malformed_request");
    }
    World::new().send(get("/health/live?probe=1")).await.problem(400, "malformed_request");
}

#[actix_web::test]
async fn health_tells_life_and_readiness() {
    assert_eq!(World::new().send(get("/health/live")).await.json(200)["status"], "UP");
    assert_eq!(World::new().send(get("/health/ready")).await.json(200)["status"], "UP");
    let mut world = World::new();
    world.ready = false;
    let reply = world.send(get("/health/ready")).await;
    reply.problem(503, "unavailable");
    assert_eq!(reply.header("retry-after"), "1");
}

#[actix_web::test]
async fn the_documentation_is_served() {
    for path in ["/docs", "/docs/", "/docs/index.html"] {
        let reply = World::new().send(get(path).insert_header(("accept", "text/html"))).await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.header("content-type").starts_with("text/html"));
        assert!(reply.text().contains("swagger-ui"));
    }
    let reply = World::new().send(get("/docs")).await;
    assert!(reply.text().contains("<base href=\"/docs/\">"));
    let reply = World::new().send(get("/docs/swagger-initializer.js")).await;
    assert!(reply.text().contains("/api/openapi.json"));
    let document = World::new().send(get("/api/openapi.json")).await.json(200);
    assert_eq!(document["openapi"], "3.1.0");
    World::new().send(get("/docs/nothing.js")).await.problem(404, "not_found");
    World::new().send(get("/docs/..%2f..%2fetc/passwd")).await.problem(404, "not_found");
}

#[actix_web::test]
async fn the_front_door_leads_to_the_documentation() {
    for method in [Method::GET, Method::HEAD] {
        let reply = World::new().send(TestRequest::with_uri("/").method(method)).await;
        assert_eq!((reply.status.as_u16(), reply.header("location")), (302, "/docs"));
        assert_eq!(reply.header("cache-control"), "no-store", "a page may come to stand here");
    }
}

#[actix_web::test]
async fn the_type_of_every_problem_resolves() {
    let page = World::new().send(get("/docs/errors")).await.text();
    for code in Code::ALL {
        let documentation = code.documentation();
        let (path, anchor) = documentation.split_once('#').unwrap();
        assert_eq!(path, "/docs/errors");
        assert!(page.contains(&format!("id=\"{anchor}\"")));
    }
}

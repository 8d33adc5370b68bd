//! Bodies: declared, bounded and read strictly.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use seatline_domain::idempotency::Answer;
use seatline_domain::user::Account;

use super::world::{Reply, Sender, World, concert_id, delete, get, post};

async fn register(json: &str) -> Reply {
    World::new().send(post("/api/v1/users", json)).await
}

#[actix_web::test]
async fn unreadable_bodies_are_malformed() {
    for body in [
        "",
        "{",
        "{}x",
        "[]",
        "null",
        r#"{"name":"a","name":"b"}"#,
        r#"{"name":7}"#,
        r#"{"name":["a"]}"#,
        r#"{"name":"a\u0000"}"#,
        r#"{"name":"\ud800"}"#,
        r#"{"balance":1000000}"#,
        r#"{"userId":"00000000-0000-0000-0000-000000000ada"}"#,
    ] {
        register(body).await.problem(400, "malformed_request");
    }
    let bytes = TestRequest::post()
        .uri("/api/v1/users")
        .insert_header(("content-type", "application/json"))
        .set_payload(b"{\"name\":\"\xff\xfe\"}".to_vec());
    World::new().send(bytes).await.problem(400, "malformed_request");
    register(&"[".repeat(16_000)).await.problem(400, "malformed_request");
}

#[actix_web::test]
async fn names_that_are_not_allowed_are_invalid() {
    register(r#"{"name":""}"#).await.invalid("name");
    register(r#"{"name":"  "}"#).await.invalid("name");
    register(r#"{"name":"a\nb"}"#).await.invalid("name");
    register(&format!("{{\"name\":\"{}\"}}", "x".repeat(101))).await.invalid("name");
}

#[actix_web::test]
async fn only_plain_json_is_taken() {
    let send = async |headers: &[(&str, &str)]| {
        let mut request = TestRequest::post().uri("/api/v1/users").set_payload("{}");
        for (name, value) in headers {
            request = request.append_header((name.to_string(), value.to_string()));
        }
        World::new().send(request).await
    };
    let json = ("content-type", "application/json");
    for headers in [
        &[][..],
        &[("content-type", "text/plain")],
        &[("content-type", "application/x-www-form-urlencoded")],
        &[("content-type", "application/json; charset=utf-16")],
        &[json, json],
        &[json, ("content-encoding", "gzip")],
        &[json, ("content-encoding", "identity"), ("content-encoding", "br")],
    ] {
        send(headers).await.problem(415, "unsupported_media_type");
    }
}

#[actix_web::test]
async fn bodies_over_16_kib_are_too_large() {
    let body = format!("{{\"name\":\"{}\"}}", "x".repeat(16 * 1_024));
    register(&body).await.problem(413, "body_too_large");
    for deep in ["[".repeat(200_000), "{\"a\":".repeat(200_000)] {
        register(&deep).await.problem(400, "malformed_request");
    }
    let declared = post("/api/v1/users", "{}").insert_header(("content-length", "16385"));
    World::new().send(declared).await.problem(413, "body_too_large");
    let full = format!("{{\"name\":\"a\"}}{}", " ".repeat(16 * 1_024 - 12));
    assert_eq!(full.len(), 16 * 1_024);
    let mut world = World::new();
    world.accounts.expect_register().returning(|command| {
        let account = Account { user: command.user, token_hash: command.token_hash };
        Ok(Answer::created(account))
    });
    assert_eq!(world.send(post("/api/v1/users", &full)).await.status, 201);
}

#[actix_web::test]
async fn a_body_where_none_belongs_is_refused_and_an_empty_one_is_none() {
    let asking = || {
        let concert = concert_id();
        [
            TestRequest::post().uri(&format!("/api/v1/concerts/{concert}/queue/tokens")).ada(),
            delete("/api/v1/queue/token").ada_in_line(),
            get("/health/live"),
            TestRequest::with_uri("/health/live").method(Method::HEAD),
        ]
    };
    for body in ["{", "{}", " ", "hello"] {
        for request in asking() {
            let reply = World::new().send(request.set_payload(body)).await;
            assert_eq!(reply.status, 400, "{body}: {}", reply.text());
        }
    }
    let empty = get("/health/live").insert_header(("content-type", "application/json")).set_payload("");
    World::new().send(empty).await.json(200);
    // The bearer is looked at first.
    let nobody = TestRequest::post().uri(&format!("/api/v1/concerts/{}/queue/tokens", concert_id()));
    World::new().send(nobody.set_payload("{")).await.problem(401, "unauthenticated");
}

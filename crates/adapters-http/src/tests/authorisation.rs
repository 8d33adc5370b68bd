//! Authorisation of every operation.

use actix_web::test::TestRequest;
use seatline_domain::queue::{PassEnd, PassState};
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use super::world::{
    ADA, ADMIN_KEY, BOB, KEYS, Reply, Sender, World, active, ada, bob, get, now, performance_id, queue_token,
};
use crate::endpoint::Endpoint;
use crate::extract::Access;
use crate::routes::endpoints;

fn request(endpoint: &Endpoint) -> TestRequest {
    let path = endpoint.path.replace("{date}", "2026-12-24").split('/').fold(String::new(), |path, part| {
        let part = if part.starts_with('{') { Uuid::nil().to_string() } else { part.to_owned() };
        if path.is_empty() && part.is_empty() { path } else { format!("{path}/{part}") }
    });
    TestRequest::with_uri(&path).method(endpoint.methods()[0].clone())
}

fn served(access: impl Fn(Access) -> bool) -> Vec<Endpoint> {
    let served: Vec<_> =
        endpoints().into_iter().filter(|endpoint| access(endpoint.requirements.access)).collect();
    assert!(!served.is_empty());
    served
}

fn unauthenticated(reply: &Reply) {
    reply.problem(401, "unauthenticated");
    assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"seatline\"");
}

#[test]
fn handlers_on_operators_paths_ask_for_an_operator_and_no_others_do() {
    for endpoint in endpoints() {
        assert_eq!(
            endpoint.path.contains("/admin/") || endpoint.path == "/metrics",
            endpoint.requirements.access.operators().is_some(),
            "{} {}",
            endpoint.methods()[0],
            endpoint.path
        );
    }
}

#[actix_web::test]
async fn everything_that_is_not_public_asks_for_a_bearer_first() {
    let stranger = "slt_StrangerStrangerStrangerStrangerStrangerStra";
    for endpoint in served(|access| access != Access::Public) {
        let cases = vec![
            request(&endpoint),
            request(&endpoint).bearer(""),
            request(&endpoint).bearer(stranger),
            request(&endpoint).bearer("' OR 1=1--"),
            request(&endpoint).insert_header(("authorization", ADA)),
            request(&endpoint).insert_header(("authorization", format!("Basic {ADA}"))),
            request(&endpoint).insert_header(("authorization", "Bearer")),
            request(&endpoint).ada().append_header(("authorization", format!("Bearer {ADA}"))),
            request(&endpoint).operator().append_header(("authorization", format!("Bearer {ADMIN_KEY}"))),
        ];
        for reply in World::new().send_all(cases).await {
            unauthenticated(&reply);
        }
    }
}

#[actix_web::test]
async fn the_operators_key_opens_no_user_route() {
    for endpoint in served(|access| access != Access::Public && access.operators().is_none()) {
        unauthenticated(&World::new().send(request(&endpoint).operator()).await);
    }
}

#[actix_web::test]
async fn users_are_forbidden_on_operators_routes() {
    for endpoint in served(|access| access.operators().is_some()) {
        World::new().send(request(&endpoint).ada()).await.problem(403, "forbidden");
        unauthenticated(&World::new().send(request(&endpoint).bearer(&ADMIN_KEY[1..])).await);
    }
}

#[actix_web::test]
async fn keys_open_what_their_role_may_and_nothing_else() {
    for (key, role) in KEYS {
        for endpoint in endpoints() {
            let access = endpoint.requirements.access;
            if access == Access::Public || access.serves(role) {
                continue;
            }
            let reply = World::new().send(request(&endpoint).bearer(key)).await;
            match access.operators() {
                Some(_) => drop(reply.problem(403, "forbidden")),
                None => unauthenticated(&reply),
            }
        }
    }
}

#[actix_web::test]
async fn queue_tokens_are_asked_for_and_checked() {
    for endpoint in served(|access| matches!(access, Access::InLine | Access::InTurn)) {
        let request = || request(&endpoint).ada();
        let token = queue_token(ada());
        let reply = World::new().send(request()).await;
        reply.problem(401, "queue_token_missing");
        assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"seatline\"");
        for forged in
            ["", "x", "a.b", &token[1..], &token[..token.len() - 1], &token.replace('.', ".."), "' OR 1=1--"]
        {
            World::new().send(request().queue_token(forged)).await.problem(401, "queue_token_invalid");
        }
        let twice = request().queue_token(&token).append_header(("queue-token", token.clone()));
        World::new().send(twice).await.problem(401, "queue_token_invalid");
        let reply = World::new().send(request().queue_token(&queue_token(bob()))).await;
        reply.problem(403, "queue_token_mismatch");
    }
}

#[actix_web::test]
async fn schemes_are_read_in_any_case() {
    let mut world = World::new();
    world.wallets.expect_balance().returning(|_| Ok(super::world::amount("1")));
    let request = get("/api/v1/points").insert_header(("authorization", format!("bEARER {BOB}")));
    assert_eq!(world.send(request).await.json(200)["userId"], bob().to_string());
}

#[actix_web::test]
async fn storage_that_fails_lets_nobody_in() {
    let mut world = World::new();
    world.accounts = seatline_domain::ports::MockAccounts::new();
    world.accounts.expect_user_with_token().returning(|_| Err(StorageError::Overloaded));
    world.send(get("/api/v1/points").ada()).await.problem(503, "unavailable");
}

#[actix_web::test]
async fn only_those_whose_turn_it_is_see_seats() {
    let seats = format!("/api/v1/performances/{}/seats", performance_id());
    let ended = |end| PassState::Ended { end, at: now(), admitted_at: None };
    for end in [PassEnd::Completed, PassEnd::Expired, PassEnd::Left] {
        let reply = World::with_programme().pass_is(ended(end)).send(get(&seats).ada_in_line()).await;
        reply.problem(401, "queue_token_expired");
        assert_eq!(reply.header("www-authenticate"), "Bearer realm=\"seatline\"");
    }
    let mut world = World::with_programme();
    world.queue.expect_pass().returning(|_, _| Ok(None));
    world.send(get(&seats).ada_in_line()).await.problem(401, "queue_token_invalid");
    let other = format!("/api/v1/performances/{}/seats", Uuid::nil());
    let reply = World::with_programme().pass_is(active()).send(get(&other).ada_in_line()).await;
    reply.problem(404, "performance_not_found");
}

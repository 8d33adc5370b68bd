use actix_web::test::TestRequest;
use seatline_application::operator_keys::BearerKey;
use seatline_domain::audit::{AuditAction, AuditEntry, AuditStamp, Facts};
use seatline_domain::commands::{CreateOperatorKeyError, DeleteOperatorKeyError};
use seatline_domain::id::{AuditEntryId, OperatorKeyId};
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::operator_key::{OperatorKey, OperatorKeyHash, Role};
use seatline_domain::page::Page;
use seatline_domain::ports::MockOperatorKeys;
use serde_json::json;
use uuid::Uuid;

use super::world::{KEYS, Sender, World, concert_id, delete, get, now, operator_key, post};
use crate::wire::List;

const PATH: &str = "/api/v1/admin/keys";

fn create(body: &str) -> TestRequest {
    post(PATH, body).operator()
}

#[actix_web::test]
async fn a_key_is_made_and_shown_once() {
    let mut world = World::new();
    world.operator_keys.expect_create().times(1).returning(|command| {
        assert_eq!((command.name.as_str(), command.role), ("North gate", Role::Gate));
        Ok(Answer::created(OperatorKey { id: command.id, ..operator_key(command.role, command.hash) }))
    });
    let made = world.send(create(r#"{"name":" North gate ","role":"GATE"}"#)).await.json(201);
    let key = made["key"].as_str().unwrap();
    assert!(BearerKey::parse(key).is_some(), "{key}");
    let expected = json!({
        "keyId": Uuid::from_u128(1),
        "name": "North gate",
        "role": "GATE",
        "createdAt": "2026-11-21T09:00:00Z",
        "key": key,
    });
    assert_eq!(made, expected);
}

#[actix_web::test]
async fn what_a_key_is_made_of_is_checked() {
    let refused = async |body| World::new().send(create(body)).await;
    refused(r#"{"name":" ","role":"GATE"}"#).await.invalid("name");
    let long = format!(r#"{{"name":"{}","role":"GATE"}}"#, "n".repeat(101));
    refused(&long).await.invalid("name");
    for body in [
        "{}",
        r#"{"name":"Gate"}"#,
        r#"{"role":"GATE"}"#,
        r#"{"name":"Gate","role":"OWNER"}"#,
        r#"{"name":"Gate","role":"gate"}"#,
        r#"{"name":"Gate","role":"GATE","key":"slk_mine"}"#,
    ] {
        refused(body).await.problem(400, "malformed_request");
    }
    let mut world = World::new();
    world.operator_keys.expect_create().return_once(|_| Err(CreateOperatorKeyError::KeyReused(KeyReused)));
    let reply = world.send(create(r#"{"name":"Gate","role":"GATE"}"#).key("once")).await;
    reply.problem(422, "idempotency_key_reused");
}

#[actix_web::test]
async fn keys_are_listed_without_what_opens_anything() {
    let mut world = World::new();
    world.operator_keys.expect_keys().withf(|page| page.after == Some(41)).returning(|_| {
        let items = vec![operator_key(Role::Support, OperatorKeyHash::new([1; 32]))];
        Ok(Page { items, next: Some(40) })
    });
    let list = List::named("operators' keys");
    let asked = format!("{PATH}?cursor={}", list.give(&41_i64));
    let listed = world.send(get(&asked).operator()).await.json(200);
    let key = json!({
        "keyId": Uuid::from_u128(0x5ea7),
        "name": "North gate",
        "role": "SUPPORT",
        "createdAt": "2026-11-21T09:00:00Z",
    });
    assert_eq!(listed, json!({"items": [key], "nextCursor": list.give(&40_i64)}));
}

#[actix_web::test]
async fn a_key_is_deleted() {
    let path = format!("{PATH}/{}", Uuid::from_u128(7));
    let mut world = World::new();
    world.operator_keys.expect_delete().times(1).returning(|command| {
        assert_eq!(command.id, OperatorKeyId::new(Uuid::from_u128(7)));
        Ok(operator_key(Role::Gate, OperatorKeyHash::new([1; 32])))
    });
    let reply = world.send(delete(&path).operator()).await;
    assert_eq!((reply.status.as_u16(), reply.text()), (204, String::new()));
    let mut world = World::new();
    world.operator_keys.expect_delete().return_once(|_| Err(DeleteOperatorKeyError::NotFound));
    world.send(delete(&path).operator()).await.problem(404, "key_not_found");
    World::new().send(delete("/api/v1/admin/keys/7").operator()).await.problem(400, "malformed_request");
}

#[actix_web::test]
async fn the_record_names_a_key_and_says_that_it_is_one() {
    let mut world = World::with_programme();
    world.operator_keys = MockOperatorKeys::new();
    let key = operator_key(Role::Operator, OperatorKeyHash::new([1; 32]));
    let (operator, found) = (key.operator(), key.clone());
    world.operator_keys.expect_of_operators().return_once(move |_| Ok(vec![found]));
    world.audit.expect_entries().return_once(move |_, _| {
        let entry = AuditEntry {
            stamp: AuditStamp { entry_id: AuditEntryId::new(Uuid::from_u128(8)), operator },
            concert_id: concert_id(),
            action: AuditAction::ConcertChanged,
            before: None,
            after: Facts::new(),
            at: now(),
        };
        Ok(Page { items: vec![entry], next: None })
    });
    let path = format!("/api/v1/admin/concerts/{}/audit", concert_id());
    let listed = world.send(get(&path).operator()).await.json(200);
    let entry = &listed["items"][0];
    assert_eq!((&entry["operator"], &entry["keyId"]), (&json!("North gate"), &json!(key.id.uuid())));
}

#[actix_web::test]
async fn operators_may_look_at_metrics_and_gates_may_not() {
    for ((key, _), status) in KEYS.into_iter().zip([200, 403, 403]) {
        let reply = World::new().send(get("/metrics").bearer(key)).await;
        assert_eq!(reply.status.as_u16(), status, "{}", reply.text());
    }
}

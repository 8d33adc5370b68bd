use actix_web::test::TestRequest;
use seatline_domain::concert::{ConcertError, PerformanceAvailability, PerformanceError};
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::samples::concert;
use serde_json::json;

use super::world::{Sender, World, at, concert_id, get, now, patch, performance, performance_id};

fn change_concert(body: &str) -> TestRequest {
    patch(&format!("/api/v1/admin/concerts/{}", concert_id()), body).operator()
}

fn change_performance(body: &str) -> TestRequest {
    patch(&format!("/api/v1/admin/performances/{}", performance_id()), body).operator()
}

fn with_performance() -> World {
    let mut world = World::new();
    let shown = PerformanceAvailability { performance: performance(), available_seats: 42, as_of: now() };
    world.programme.expect_listed().returning(move |_| Ok(Some(shown.clone())));
    world
}

#[actix_web::test]
async fn a_concert_is_changed_in_part() {
    let mut world = World::new();
    world.editor.expect_change_concert().times(1).returning(|command| {
        assert_eq!(command.concert_id, concert_id());
        assert_eq!((&command.change.title, &command.change.venue), (&None, &None));
        let changed = concert().changed(&command.change);
        Ok(Answer { replayed: command.key.is_some(), ..Answer::existing(changed) })
    });
    let reply = world.send(change_concert(r#"{"maxSeatsPerUser":4}"#).key("once")).await;
    assert_eq!(reply.json(200)["maxSeatsPerUser"], 4);
    assert_eq!(reply.header("idempotency-replayed"), "true");
}

#[actix_web::test]
async fn changes_of_a_concert_are_checked() {
    let refused = async |body| World::new().send(change_concert(body)).await;
    refused("{}").await.invalid("title");
    refused(r#"{"title":null}"#).await.invalid("title");
    refused(r#"{"title":" "}"#).await.invalid("title");
    refused(r#"{"venue":"a\nb"}"#).await.invalid("venue");
    refused(r#"{"maxSeatsPerUser":0}"#).await.invalid("maxSeatsPerUser");
    refused(r#"{"timezone":"Europe/Paris"}"#).await.problem(400, "malformed_request");
    for (error, status, code) in [
        (ConcertError::NotFound, 404, "concert_not_found"),
        (ConcertError::KeyReused(KeyReused), 422, "idempotency_key_reused"),
    ] {
        let mut world = World::new();
        world.editor.expect_change_concert().return_once(|_| Err(error));
        world.send(change_concert(r#"{"title":"Gala"}"#)).await.problem(status, code);
    }
}

#[actix_web::test]
async fn a_performance_is_changed_in_part_and_null_clears() {
    let mut world = with_performance();
    world.editor.expect_change_performance().times(1).returning(|command| {
        let change = command.change;
        assert_eq!((command.concert_id, command.performance_id), (concert_id(), performance_id()));
        assert_eq!((change.starts_at, change.sales_open_at), (None, Some(None)));
        assert_eq!(change.sales_close_at, Some(Some(at("2026-12-24T09:00:00Z"))));
        assert_eq!(change.refundable_until, None);
        let changed = performance().changed(&change, concert().timezone, now());
        changed.map(Answer::existing)
    });
    let body = r#"{"salesOpenAt":null,"salesCloseAt":"2026-12-24T18:00:00+09:00"}"#;
    let changed = world.send(change_performance(body)).await.json(200);
    assert_eq!(
        [&changed["salesOpenAt"], &changed["salesCloseAt"], &changed["refundableUntil"]],
        [&json!(null), &json!("2026-12-24T09:00:00Z"), &json!(null)]
    );
    assert_eq!(changed["availableSeats"], 42);
}

#[actix_web::test]
async fn changes_of_a_performance_are_checked() {
    let refused = async |body| World::new().send(change_performance(body)).await;
    refused("{}").await.invalid("startsAt");
    refused(r#"{"startsAt":null}"#).await.invalid("startsAt");
    for malformed in [r#"{"startsAt":"tomorrow"}"#, r#"{"salesCloseAt":7}"#, r#"{"price":1}"#] {
        refused(malformed).await.problem(400, "malformed_request");
    }
    for (error, field) in [
        (PerformanceError::StartsInPast, "startsAt"),
        (PerformanceError::SalesOpenTooLate, "salesOpenAt"),
        (PerformanceError::SalesCloseTooEarly, "salesCloseAt"),
    ] {
        let mut world = with_performance();
        world.editor.expect_change_performance().return_once(|_| Err(error));
        world.send(change_performance(r#"{"refundableUntil":null}"#)).await.invalid(field);
    }
    let mut world = World::new();
    world.programme.expect_listed().return_once(|_| Ok(None));
    let unknown = world.send(change_performance(r#"{"refundableUntil":null}"#)).await;
    unknown.problem(404, "performance_not_found");
}

#[actix_web::test]
async fn one_performance_is_shown_or_not_found() {
    let path = format!("/api/v1/performances/{}", performance_id());
    let shown = with_performance().send(get(&path)).await.json(200);
    assert_eq!(shown["performanceId"], performance_id().to_string());
    assert_eq!(shown["availableSeats"], 42);
    let mut world = World::new();
    world.programme.expect_listed().return_once(|_| Ok(None));
    world.send(get(&path)).await.problem(404, "performance_not_found");
}

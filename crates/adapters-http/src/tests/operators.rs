use actix_web::test::TestRequest;
use chrono::TimeDelta;
use chrono_tz::Tz;
use rust_decimal::Decimal;
use seatline_domain::audit::{AuditAction, AuditEntry, AuditStamp, Fact, OperatorId, facts};
use seatline_domain::commands::ConfigureError;
use seatline_domain::concert::{PerformanceAvailability, PerformanceCursor, PerformanceError};
use seatline_domain::id::AuditEntryId;
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::Page;
use seatline_domain::queue::{AdmitRate, Capacity, Room, RoomSettings, RoomStatus};
use seatline_domain::seat::SalesOfPerformance;
use serde_json::json;
use uuid::Uuid;

use super::world::{
    Reply, Sender, World, amount, at, concert_id, figures, get, now, patch, performance, performance_id, post,
};
use crate::wire::List;

fn path(rest: &str) -> String {
    format!("/api/v1/admin/concerts/{}/{rest}", concert_id())
}

async fn add_concert(body: &str) -> Reply {
    World::new().send(post("/api/v1/admin/concerts", body).operator()).await
}

#[actix_web::test]
async fn a_concert_gets_the_defaults() {
    let mut world = World::new();
    world.settings.default_pass_ttl = TimeDelta::seconds(77);
    world.editor.expect_add_concert().times(1).returning(|new, _, key| {
        assert_eq!(key, None);
        assert_eq!(new.concert.timezone, Tz::Asia__Seoul);
        assert_eq!(new.queue.capacity, Capacity::default());
        assert_eq!(new.queue.admit_per_minute, None);
        assert_eq!(new.queue.pass_ttl(), TimeDelta::seconds(77));
        assert_eq!(new.queue.show_up_within(), TimeDelta::minutes(2));
        Ok(Answer::created(new.concert.id))
    });
    let body = r#"{"title":" Winter Gala ","venue":"Grand Hall","queue":null,"timezone":null}"#;
    let reply = world.send(post("/api/v1/admin/concerts", body).operator()).await;
    let concert = reply.json(201);
    assert_eq!(
        concert,
        json!({
            "concertId": Uuid::from_u128(1),
            "title": "Winter Gala",
            "venue": "Grand Hall",
            "timezone": "Asia/Seoul",
            "maxSeatsPerUser": 1,
        })
    );
    assert_eq!(reply.header("location"), format!("/api/v1/concerts/{}", Uuid::from_u128(1)));
}

#[actix_web::test]
async fn a_concert_gets_what_the_operator_says() {
    let mut world = World::new();
    world.editor.expect_add_concert().times(1).returning(|new, _, _| {
        let expected = RoomSettings::new(
            Capacity::parse(10).unwrap(),
            Some(AdmitRate::parse(60).unwrap()),
            TimeDelta::seconds(30),
            TimeDelta::seconds(5),
        );
        assert_eq!(new.queue, expected.unwrap());
        assert_eq!(new.concert.max_seats_per_user.get(), 4);
        Ok(Answer::created(new.concert.id))
    });
    let body = r#"{"title":"a","venue":"b","timezone":"Europe/Berlin","maxSeatsPerUser":4,"queue":
        {"capacity":10,"admitPerMinute":60,"passTtlSeconds":30,"showUpWithinSeconds":5}}"#;
    let reply = world.send(post("/api/v1/admin/concerts", body).operator()).await;
    assert_eq!(reply.json(201)["timezone"], "Europe/Berlin");
}

#[actix_web::test]
async fn values_of_a_concert_are_checked() {
    for (rest, field) in [
        (r#""title":"","venue":"b""#, "title"),
        (r#""title":"a","venue":" ""#, "venue"),
        (r#""title":"a","venue":"b","timezone":"Mars/Base""#, "timezone"),
        (r#""title":"a","venue":"b","timezone":"""#, "timezone"),
        (r#""title":"a","venue":"b","maxSeatsPerUser":0"#, "maxSeatsPerUser"),
        (r#""title":"a","venue":"b","maxSeatsPerUser":101"#, "maxSeatsPerUser"),
        (r#""title":"a","venue":"b","maxSeatsPerUser":4294967297"#, "maxSeatsPerUser"),
        (r#""title":"a","venue":"b","queue":{"capacity":0}"#, "queue.capacity"),
        (r#""title":"a","venue":"b","queue":{"capacity":4294967296}"#, "queue.capacity"),
        (r#""title":"a","venue":"b","queue":{"admitPerMinute":-1}"#, "queue.admitPerMinute"),
        (r#""title":"a","venue":"b","queue":{"passTtlSeconds":0}"#, "queue.passTtlSeconds"),
        (r#""title":"a","venue":"b","queue":{"passTtlSeconds":9223372036854775807}"#, "queue.passTtlSeconds"),
        (r#""title":"a","venue":"b","queue":{"showUpWithinSeconds":86401}"#, "queue.showUpWithinSeconds"),
    ] {
        add_concert(&format!("{{{rest}}}")).await.invalid(field);
    }
    for rest in [
        r#""venue":"b""#,
        r#""title":"a","venue":7"#,
        r#""title":"a","venue":"b","queue":[10]"#,
        r#""title":"a","venue":"b","queue":{"state":"OPEN"}"#,
        r#""title":"a","venue":"b","maxSeatsPerUser":1.5"#,
        r#""title":"a","venue":"b","id":1"#,
    ] {
        add_concert(&format!("{{{rest}}}")).await.problem(400, "malformed_request");
    }
}

fn add_performance(body: &str) -> TestRequest {
    post(&path("performances"), body).operator()
}

#[actix_web::test]
async fn a_performance_has_sections_or_a_price() {
    let mut world = World::with_programme();
    world.editor.expect_add_performance().times(2).returning(|new, _, _| {
        assert_eq!(new.hall.total_seats(), new.performance.total_seats);
        assert_eq!(new.allow_past, new.performance.total_seats == 50, "where it was said");
        Ok(Answer::created(new.performance.id))
    });
    let sections = r#"{"startsAt":"2026-12-24T19:00:00.1234567+09:00","salesOpenAt":"2026-11-01T00:00:00Z",
        "salesCloseAt":"2026-12-24T18:00:00+09:00","refundableUntil":"2026-12-17T00:00:00Z","sections":[
        {"name":"Balcony","firstSeat":51,"lastSeat":60,"price":"80.5"},{"name":"Floor","firstSeat":1,"lastSeat":50,"price":120}]}"#;
    let price = r#"{"startsAt":"2020-01-01T00:00:00Z","salesOpenAt":null,"price":0.5,"allowPast":true}"#;
    let replies = world.send_all([add_performance(sections), add_performance(price)]).await;
    assert_eq!(
        replies[0].json(201),
        json!({
            "performanceId": Uuid::from_u128(1),
            "concertId": concert_id().to_string(),
            "date": "2026-12-24",
            "startsAt": "2026-12-24T10:00:00.123456Z",
            "salesOpenAt": "2026-11-01T00:00:00Z",
            "salesCloseAt": "2026-12-24T09:00:00Z",
            "refundableUntil": "2026-12-17T00:00:00Z",
            "state": "SCHEDULED",
            "totalSeats": 60,
            "availableSeats": 60,
            "priceFrom": 80.5,
            "priceTo": 120,
        })
    );
    let single = replies[1].json(201);
    assert_eq!((&single["totalSeats"], &single["priceFrom"]), (&json!(50), &json!(0.5)));
    assert_eq!((&single["salesOpenAt"], &single["date"]), (&json!(null), &json!("2020-01-01")));
}

#[actix_web::test]
async fn values_of_a_performance_are_checked() {
    let section = |name: &str, first: i64, last: i64, price: &str| {
        format!(r#"{{"name":"{name}","firstSeat":{first},"lastSeat":{last},"price":{price}}}"#)
    };
    let sections = |sections: &[String]| format!(r#""sections":[{}]"#, sections.join(","));
    for (rest, field) in [
        (sections(&[]), "sections"),
        (sections(&[section("A", 1, 10, "1"), section("B", 10, 20, "1")]), "sections"),
        (sections(&[section("A", 1, 10, "1"), section("A", 11, 20, "1")]), "sections"),
        (sections(&[section("A", 1, 100_001, "1")]), "sections"),
        (sections(&[section("A", 1, 10, "1"), section("B", 0, 20, "1")]), "sections[1].lastSeat"),
        (sections(&[section("A", -1, 10, "1")]), "sections[0].firstSeat"),
        (sections(&[section("A", 1, 1 << 40, "1")]), "sections[0].lastSeat"),
        (sections(&[section("", 1, 10, "1")]), "sections[0].name"),
        (sections(&[section("A", 1, 10, "-1")]), "sections[0].price"),
        (sections(&[section("A", 1, 10, "10000000.01")]), "sections[0].price"),
        ("\"price\":10000001".into(), "price"),
        ("\"price\":0.001".into(), "price"),
        ("\"price\":1,\"salesOpenAt\":\"2026-12-24T10:00:00Z\"".into(), "salesOpenAt"),
        (format!("\"price\":1,{}", sections(&[])), "price"),
        ("\"price\":null".into(), "sections"),
    ] {
        let body = format!(r#"{{"startsAt":"2026-12-24T10:00:00Z",{rest}}}"#);
        World::with_programme().send(add_performance(&body)).await.invalid(field);
    }
    for body in [
        r#"{"price":1}"#,
        r#"{"startsAt":"tomorrow","price":1}"#,
        r#"{"startsAt":"10000-01-01T00:00:00Z","price":1}"#,
        r#"{"startsAt":"2026-12-24T10:00:00","price":1}"#,
        r#"{"startsAt":1766570400,"price":1}"#,
        r#"{"startsAt":"2026-12-24T10:00:00Z","price":1e3}"#,
        r#"{"startsAt":"2026-12-24T10:00:00Z","sections":[["A",1,10,1]]}"#,
        r#"{"startsAt":"2026-12-24T10:00:00Z","sections":{}}"#,
        r#"{"startsAt":"2026-12-24T10:00:00Z","price":1,"allowPast":"yes"}"#,
    ] {
        World::with_programme().send(add_performance(body)).await.problem(400, "malformed_request");
    }
}

#[actix_web::test]
async fn a_start_in_the_past_is_the_fault_of_the_start() {
    let mut world = World::with_programme();
    world.editor.expect_add_performance().returning(|_, _, _| Err(PerformanceError::StartsInPast));
    let body = r#"{"startsAt":"2020-01-01T00:00:00Z","price":1}"#;
    world.send(add_performance(body)).await.invalid("startsAt");
}

#[actix_web::test]
async fn a_performance_needs_its_concert() {
    let mut world = World::new();
    world.programme.expect_concert().times(1).returning(|_| Ok(None));
    world.programme.expect_concert().returning(|_| Ok(Some(super::world::concert())));
    world.editor.expect_add_performance().returning(|_, _, _| Err(PerformanceError::ConcertNotFound));
    let body = r#"{"startsAt":"2026-12-24T10:00:00Z","price":1}"#;
    for reply in world.send_all([add_performance(body), add_performance(body)]).await {
        reply.problem(404, "concert_not_found");
    }
}

fn configure(body: &str) -> TestRequest {
    patch(&path("queue"), body).operator()
}

#[actix_web::test]
async fn a_waiting_room_is_changed_in_part() {
    let unlimited = (None, Some(None), None);
    let rate = Some(Some(AdmitRate::parse(60).unwrap()));
    let capacity = Some(Capacity::parse(9).unwrap());
    for (body, expected) in [
        (r#"{"admitPerMinute":null}"#, unlimited),
        (r#"{"admitPerMinute":null,"capacity":null,"state":null}"#, unlimited),
        (
            r#"{"admitPerMinute":60,"capacity":9,"state":"PAUSED"}"#,
            (capacity, rate, Some(RoomStatus::Paused)),
        ),
        (r#"{"state":"OPEN"}"#, (None, None, Some(RoomStatus::Open))),
    ] {
        let mut world = World::new();
        world.rooms.expect_configure().times(1).returning(move |command| {
            assert_eq!((command.capacity, command.admit_per_minute, command.status), expected);
            Ok(Answer::existing(Room::open(concert_id(), RoomSettings::default())))
        });
        world.queue.expect_figures().returning(|_| Ok(Some(figures())));
        let queue = world.send(configure(body)).await.json(200);
        assert_eq!((&queue["state"], &queue["capacity"]), (&json!("OPEN"), &json!(500)));
    }
}

#[actix_web::test]
async fn what_a_key_did_is_told_again_as_it_stands_now() {
    let mut world = World::with_programme();
    world.editor.expect_add_concert().returning(|_, _, key| {
        assert_eq!(key.unwrap().as_str(), "once");
        Ok(Answer::replayed(concert_id(), true))
    });
    world.editor.expect_add_performance().returning(|_, _, key| {
        assert_eq!(key.unwrap().as_str(), "once");
        Ok(Answer::replayed(performance_id(), true))
    });
    world.programme.expect_availability().returning(|_| {
        Ok(vec![PerformanceAvailability { performance: performance(), available_seats: 2, as_of: now() }])
    });
    world.rooms.expect_configure().returning(|command| {
        assert_eq!(command.key.unwrap().as_str(), "once");
        Ok(Answer::replayed(Room::open(concert_id(), RoomSettings::default()), false))
    });
    world.queue.expect_figures().returning(|_| Ok(Some(figures())));
    let replies = world
        .send_all([
            post("/api/v1/admin/concerts", r#"{"title":"a","venue":"b"}"#).operator().key("once"),
            add_performance(r#"{"startsAt":"2026-12-24T10:00:00Z","price":1}"#).key("once"),
            configure(r#"{"capacity":9}"#).key("once"),
        ])
        .await;
    assert!(replies.iter().all(|reply| reply.header("idempotency-replayed") == "true"));
    assert_eq!(replies[0].json(201)["title"], "Winter Gala");
    assert_eq!(replies[0].header("location"), format!("/api/v1/concerts/{}", concert_id()));
    let performance = replies[1].json(201);
    assert_eq!(performance["performanceId"], performance_id().to_string());
    assert_eq!((&performance["totalSeats"], &performance["availableSeats"]), (&json!(3), &json!(2)));
    assert_eq!(replies[2].json(200)["concertId"], concert_id().to_string());
}

#[actix_web::test]
async fn a_key_of_another_request_is_refused() {
    let mut world = World::with_programme();
    world.editor.expect_add_concert().returning(|_, _, _| Err(KeyReused.into()));
    world.editor.expect_add_performance().returning(|_, _, _| Err(KeyReused.into()));
    world.rooms.expect_configure().returning(|_| Err(KeyReused.into()));
    let replies = world
        .send_all([
            post("/api/v1/admin/concerts", r#"{"title":"a","venue":"b"}"#).operator().key("once"),
            add_performance(r#"{"startsAt":"2026-12-24T10:00:00Z","price":1}"#).key("once"),
            configure(r#"{"capacity":9}"#).key("once"),
        ])
        .await;
    for reply in replies {
        reply.problem(422, "idempotency_key_reused");
    }
}

#[actix_web::test]
async fn changes_of_a_waiting_room_are_checked() {
    for (body, field) in [
        ("{}", "capacity"),
        (r#"{"capacity":null}"#, "capacity"),
        (r#"{"capacity":0}"#, "capacity"),
        (r#"{"capacity":-5}"#, "capacity"),
        (r#"{"capacity":1000001}"#, "capacity"),
        (r#"{"admitPerMinute":0}"#, "admitPerMinute"),
        (r#"{"admitPerMinute":4294967297}"#, "admitPerMinute"),
        (r#"{"state":"CLOSED"}"#, "state"),
        (r#"{"state":"open"}"#, "state"),
    ] {
        World::new().send(configure(body)).await.invalid(field);
    }
    for body in
        [r#"{"capacity":"9"}"#, r#"{"capacity":1.5}"#, r#"{"passTtlSeconds":9}"#, r#"{"state":1}"#, "[]"]
    {
        World::new().send(configure(body)).await.problem(400, "malformed_request");
    }
    let mut world = World::new();
    world.rooms.expect_configure().returning(|_| Err(ConfigureError::ConcertNotFound));
    world.send(configure(r#"{"capacity":9}"#)).await.problem(404, "concert_not_found");
}

#[actix_web::test]
async fn sales_are_shown() {
    let mut world = World::new();
    world.queue.expect_figures().times(1).returning(|_| Ok(Some(figures())));
    world.queue.expect_figures().returning(|_| Ok(None));
    let next = PerformanceCursor::of(&performance());
    world.programme.expect_sales().returning(move |_, page| {
        assert_eq!((page.limit.get(), page.after), (1, None));
        let items = vec![SalesOfPerformance {
            performance_id: performance_id(),
            starts_at: at("2026-12-24T10:00:00Z"),
            available: 40,
            held: 3,
            sold: 6,
            blocked: 1,
            revenue: amount("999999999999.99"),
            refunded: amount("0.01"),
            cancelled: false,
            checked_in: 2,
        }];
        Ok(Page { items, next: Some(next) })
    });
    let requests = ["sales?limit=1", "sales"].map(|of| get(&path(of)).operator());
    let replies = world.send_all(requests).await;
    let sales = replies[0].json(200);
    assert_eq!(sales["nextCursor"], List::named("sales").of_concert(concert_id()).give(&next));
    assert_eq!(
        (&sales["concertId"], &sales["queue"]["waiting"]),
        (&json!(concert_id().to_string()), &json!(2))
    );
    assert_eq!(
        sales["performances"],
        json!([{
            "performanceId": performance_id().to_string(),
            "startsAt": "2026-12-24T10:00:00Z",
            "available": 40,
            "held": 3,
            "sold": 6,
            "blocked": 1,
            "revenue": 999_999_999_999.99,
            "refunded": 0.01,
            "state": "SCHEDULED",
            "checkedIn": 2,
        }])
    );
    assert!(replies[0].text().contains("\"revenue\":999999999999.99"));
    replies[1].problem(404, "concert_not_found");
}

#[actix_web::test]
async fn the_record_of_changes_is_listed() {
    let mut world = World::with_programme();
    world.audit.expect_entries().withf(|_, page| page.after == Some(41)).returning(|_, _| {
        let entry = |action, before| AuditEntry {
            stamp: AuditStamp {
                entry_id: AuditEntryId::new(Uuid::from_u128(8)),
                operator: OperatorId::parse("5f0c9a3e").unwrap(),
            },
            concert_id: concert_id(),
            action,
            before,
            after: facts([
                ("capacity", Fact::Number(9)),
                ("state", "OPEN".into()),
                ("admitPerMinute", Fact::None),
            ]),
            at: now(),
        };
        let items = vec![
            entry(
                AuditAction::QueueChanged,
                Some(facts([
                    ("capacity", Fact::Number(500)),
                    ("price", Fact::Points(Decimal::new(4_050, 2))),
                    ("refundedAmount", Fact::Points(Decimal::from(50))),
                    ("seats", Fact::Seats(vec![1, 2])),
                    ("startsAt", now().into()),
                ])),
            ),
            entry(AuditAction::PerformanceAdded, None),
            entry(AuditAction::ConcertAdded, None),
        ];
        Ok(Page { items, next: Some(40) })
    });
    let list = List::named("audit").of_concert(concert_id());
    let asked = path(&format!("audit?cursor={}", list.give(&41_i64)));
    let listed = world.send(get(&asked).operator()).await.json(200);
    assert_eq!(listed["nextCursor"], list.give(&40_i64));
    assert_eq!(
        listed["items"][0],
        json!({
            "entryId": Uuid::from_u128(8),
            "operator": "5f0c9a3e",
            "keyId": null,
            "action": "QUEUE_CHANGED",
            "before": {
                "capacity": 500,
                "price": 40.5,
                "refundedAmount": 50,
                "seats": [1, 2],
                "startsAt": "2026-11-21T09:00:00Z",
            },
            "after": {"capacity": 9, "state": "OPEN", "admitPerMinute": null},
            "at": "2026-11-21T09:00:00Z",
        })
    );
    let rest: Vec<_> =
        listed["items"].as_array().unwrap()[1..].iter().map(|entry| &entry["action"]).collect();
    assert_eq!(rest, [&json!("PERFORMANCE_ADDED"), &json!("CONCERT_ADDED")]);
    assert_eq!(listed["items"][1]["before"], json!(null));
}

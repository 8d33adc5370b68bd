use chrono::NaiveDate;
use mockall::predicate::eq;
use seatline_domain::concert::{PerformanceAvailability, PerformanceCursor};
use seatline_domain::page::{Page, PageLimit, PageRequest};
use serde_json::json;
use uuid::Uuid;

use super::world::{World, concert, concert_id, get, now, performance, performance_id};
use crate::wire::List;

fn path(rest: &str) -> String {
    format!("/api/v1/concerts/{}{rest}", concert_id())
}

#[actix_web::test]
async fn concerts_are_paged() {
    let mut world = World::new();
    let first = PageRequest { limit: PageLimit::parse(1).unwrap(), after: None };
    world
        .programme
        .expect_concerts()
        .with(eq(first))
        .returning(|_| Ok(Page { items: vec![concert()], next: Some(concert_id()) }));
    let second = PageRequest { limit: PageLimit::default(), after: Some(concert_id()) };
    world.programme.expect_concerts().with(eq(second)).returning(|_| Ok(Page { items: vec![], next: None }));
    let cursor = List::named("concerts").give(&concert_id());
    let next = get(&format!("/api/v1/concerts?cursor={cursor}"));
    let replies = world.send_all([get("/api/v1/concerts?limit=1"), next]).await;
    assert_eq!(
        replies[0].json(200),
        json!({
            "items": [{
                "concertId": concert_id().to_string(),
                "title": "Winter Gala",
                "venue": "Grand Hall",
                "timezone": "Asia/Seoul",
                "maxSeatsPerUser": 1,
            }],
            "nextCursor": cursor,
        })
    );
    assert_eq!(replies[1].json(200), json!({"items": [], "nextCursor": null}));
}

#[actix_web::test]
async fn limits_and_cursors_are_checked() {
    for limit in ["0", "101", "-1", "70000"] {
        World::new().send(get(&format!("/api/v1/concerts?limit={limit}"))).await.invalid("limit");
    }
    for query in [
        "limit=ten",
        "limit=",
        "limit=1.5",
        "limit=99999999999999999999",
        "cursor=",
        "cursor=7",
        "cursor=019aa0f2-7b1c-7c3e-9d55-0f6a3c1b2d4e",
        "cursor=%00",
    ] {
        World::new().send(get(&format!("/api/v1/concerts?{query}"))).await.problem(400, "malformed_request");
    }
}

#[actix_web::test]
async fn one_concert_is_shown_or_not_found() {
    let replies = World::with_programme()
        .send_all([get(&path("")), get(&format!("/api/v1/concerts/{}", Uuid::nil()))])
        .await;
    assert_eq!(replies[0].json(200)["title"], "Winter Gala");
    replies[1].problem(404, "concert_not_found");
}

#[actix_web::test]
async fn ids_in_paths_are_strict() {
    for bad in [
        "1",
        "%00",
        "%2e%2e%2f",
        "{00000000-0000-0000-0000-0000000000c0}",
        "000000000000000000000000000000c0",
        "00000000-0000-0000-0000-0000000000c'",
        "%27%20OR%201=1--",
    ] {
        let reply = World::new().send(get(&format!("/api/v1/concerts/{bad}"))).await;
        reply.problem(400, "malformed_request");
    }
}

#[actix_web::test]
async fn bookable_dates_may_be_none() {
    let mut world = World::with_programme();
    world.programme.expect_performances().times(1).returning(|_, _, _| {
        let available = |available_seats| PerformanceAvailability {
            performance: performance(),
            available_seats,
            as_of: now(),
        };
        Ok(Page { items: vec![available(0), available(2)], next: None })
    });
    world.programme.expect_performances().returning(|_, _, _| Ok(Page { items: vec![], next: None }));
    let replies = world.send_all([get(&path("/dates")), get(&path("/dates"))]).await;
    let dates = |dates| json!({"concertId": concert_id().to_string(), "dates": dates, "complete": true});
    assert_eq!(replies[0].json(200), dates(json!(["2026-12-24"])));
    assert_eq!(replies[1].json(200), dates(json!([])));
}

#[actix_web::test]
async fn performances_are_filtered_and_shown() {
    let mut world = World::with_programme();
    let date = NaiveDate::from_ymd_opt(2026, 12, 24);
    world.programme.expect_performances().withf(move |_, filter, _| filter.date == date).returning(
        |_, _, _| {
            let one =
                PerformanceAvailability { performance: performance(), available_seats: 2, as_of: now() };
            Ok(Page { items: vec![one], next: None })
        },
    );
    let replies = world
        .send_all([
            get(&path("/performances?date=2026-12-24&bookable=true")),
            get(&path("/performances?date=2026-12-24&bookable=false")),
            get(&path("/performances?date=2026-02-30")),
            get(&path("/performances?bookable=yes")),
        ])
        .await;
    assert_eq!(
        replies[0].json(200),
        json!({
            "items": [{
                "performanceId": performance_id().to_string(),
                "concertId": concert_id().to_string(),
                "date": "2026-12-24",
                "startsAt": "2026-12-24T10:00:00Z",
                "salesOpenAt": null,
                "salesCloseAt": null,
                "refundableUntil": null,
                "state": "SCHEDULED",
                "totalSeats": 3,
                "availableSeats": 2,
                "priceFrom": 100.5,
                "priceTo": 5000,
            }],
            "nextCursor": null,
        })
    );
    assert_eq!(replies[1].json(200)["items"], json!([]));
    replies[2].problem(400, "malformed_request");
    replies[3].problem(400, "malformed_request");
}

#[actix_web::test]
async fn a_cursor_belongs_to_its_list_and_its_filters() {
    let mut world = World::with_programme();
    world.programme.expect_performances().returning(|_, _, _| Ok(Page { items: vec![], next: None }));
    let list = List::named("performances").of_concert(concert_id());
    let place = PerformanceCursor::of(&performance());
    let all = list.clone().filtered(None::<bool>).filtered(None::<bool>).give(&place);
    let bookable = list.filtered(None::<bool>).filtered(Some(true)).give(&place);
    let concerts = List::named("concerts").give(&concert_id());
    let ask = |query: &str, cursor: &str| get(&path(&format!("/performances?{query}cursor={cursor}")));
    let replies = world
        .send_all(vec![
            ask("", &all),
            ask("bookable=true&limit=3&", &bookable),
            ask("bookable=true&", &all),
            ask("bookable=false&", &bookable),
            ask("date=2026-12-24&", &all),
            ask("", &concerts),
            get(&format!("/api/v1/concerts?cursor={all}")),
        ])
        .await;
    replies[0].json(200);
    replies[1].json(200);
    for reply in &replies[2..] {
        reply.problem(400, "malformed_request");
    }
}

#[actix_web::test]
async fn dates_that_were_not_looked_at_are_told_of() {
    let mut world = World::with_programme();
    world
        .programme
        .expect_performances()
        .returning(|_, _, _| Ok(Page { items: vec![], next: Some(PerformanceCursor::of(&performance())) }));
    assert_eq!(world.send(get(&path("/dates"))).await.json(200)["complete"], false);
}

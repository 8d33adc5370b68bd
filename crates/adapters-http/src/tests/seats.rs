use chrono::TimeDelta;
use seatline_domain::concert::{Performance, PerformanceAvailability};
use seatline_domain::id::ReservationId;
use seatline_domain::page::Page;
use seatline_domain::seat::{Seat, SeatKey, SeatMap, SeatNumber, SeatState};
use serde_json::json;
use uuid::Uuid;

use super::world::{
    Sender, World, active, ada, amount, bob, concert_id, get, now, performance, performance_id,
};

fn map() -> SeatMap {
    let reservation_id = ReservationId::new(Uuid::from_u128(9));
    let held = |user_id, seconds| SeatState::Held {
        reservation_id,
        user_id,
        until: now() + TimeDelta::seconds(seconds),
    };
    let states = [
        SeatState::Available,
        held(ada(), 10),
        held(bob(), 10),
        held(bob(), 0),
        SeatState::Sold { reservation_id, user_id: ada() },
        SeatState::Blocked,
    ];
    let seats = states.into_iter().zip(1..).map(|(state, number)| Seat {
        key: SeatKey { performance_id: performance_id(), number: SeatNumber::parse(number).unwrap() },
        section: "Floor".into(),
        price: amount("5000"),
        state,
    });
    SeatMap::of(seats, now())
}

fn world() -> World {
    let mut world = World::with_programme().pass_is(active());
    world.inventory.expect_seat_map().returning(|_| Ok(map().into()));
    world
        .programme
        .expect_performances_on()
        .returning(|_, date| Ok(if date == performance().date { vec![performance()] } else { vec![] }));
    world
}

fn path(query: &str) -> String {
    format!("/api/v1/performances/{}/seats{query}", performance_id())
}

#[actix_web::test]
async fn seats_are_shown_with_who_has_them() {
    let shown = world().send(get(&path("")).ada_in_line()).await.json(200);
    let seats = shown["seats"].as_array().unwrap();
    let states: Vec<_> =
        seats.iter().map(|seat| (seat["state"].as_str().unwrap(), seat["mine"] == true)).collect();
    assert_eq!(
        states,
        [
            ("AVAILABLE", false),
            ("HELD", true),
            ("HELD", false),
            ("AVAILABLE", false),
            ("SOLD", true),
            ("BLOCKED", false)
        ]
    );
    assert_eq!(
        seats[0],
        json!({"number": 1, "section": "Floor", "price": 5000, "state": "AVAILABLE", "mine": false})
    );
    let mut rest = shown.clone();
    rest.as_object_mut().unwrap().remove("seats");
    assert_eq!(
        rest,
        json!({
            "performanceId": performance_id().to_string(),
            "concertId": concert_id().to_string(),
            "date": "2026-12-24",
            "startsAt": "2026-12-24T10:00:00Z",
            "totalSeats": 3,
            "availableSeats": 2,
        })
    );
}

#[actix_web::test]
async fn free_seats_can_be_asked_for() {
    let requests = ["?available=true", "?available=false", "?available=1", "?available=TRUE"];
    let replies = world().send_all(requests.map(|query| get(&path(query)).ada_in_line())).await;
    let numbers = |index: usize| -> Vec<u64> {
        let shown = replies[index].json(200);
        assert_eq!(shown["availableSeats"], 2);
        shown["seats"].as_array().unwrap().iter().map(|seat| seat["number"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(0), [1, 4]);
    assert_eq!(numbers(1), [2, 3, 5, 6]);
    replies[2].problem(400, "malformed_request");
    replies[3].problem(400, "malformed_request");
}

#[actix_web::test]
async fn known_content_is_not_sent_again() {
    let tag = world().send(get(&path("")).ada_in_line()).await.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() == 34, "{tag}");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
        let reply = world().send(get(&path("")).ada_in_line().insert_header(("if-none-match", known))).await;
        assert_eq!((reply.status.as_u16(), reply.body.len()), (304, 0));
        assert_eq!(reply.header("etag"), tag);
    }
    for other in ["\"x\"", "x", "", ","] {
        let reply = world().send(get(&path("")).ada_in_line().insert_header(("if-none-match", other))).await;
        reply.json(200);
    }
    let free = world().send(get(&path("?available=true")).ada_in_line()).await;
    assert_ne!(free.header("etag"), tag);
    assert_eq!(free.header("cache-control"), "private, no-cache");
}

#[actix_web::test]
async fn a_date_shows_every_performance() {
    let path = |concert: &str, date: &str| format!("/api/v1/concerts/{concert}/dates/{date}/seats");
    let id = concert_id().to_string();
    let replies = world()
        .send_all([
            get(&path(&id, "2026-12-24")).ada_in_line(),
            get(&path(&id, "2026-12-25")).ada_in_line(),
            get(&path(&id, "2026-02-30")).ada_in_line(),
            get(&path(&id, "0000-00-00")).ada_in_line(),
            get(&path(&Uuid::nil().to_string(), "2026-12-24")).ada_in_line(),
        ])
        .await;
    let shown = replies[0].json(200);
    assert_eq!((&shown["concertId"], &shown["date"]), (&json!(id), &json!("2026-12-24")));
    assert_eq!(shown["performances"][0]["seats"].as_array().unwrap().len(), 6);
    assert!(replies[0].header("etag").starts_with('"'));
    replies[1].problem(404, "date_not_found");
    replies[2].problem(400, "malformed_request");
    replies[3].problem(400, "malformed_request");
    replies[4].problem(404, "concert_not_found");
}

#[actix_web::test]
async fn a_date_with_too_many_seats_shows_its_performances_alone() {
    let mut world = World::with_programme().pass_is(active());
    let large = || Performance { total_seats: 60_000, ..performance() };
    world.programme.expect_performances_on().returning(move |_, _| Ok(vec![large(), large()]));
    world.programme.expect_performances().times(1).returning(move |_, filter, page| {
        assert_eq!((filter.date, filter.upcoming, page.after), (Some(large().date), false, None));
        let one =
            |available_seats| PerformanceAvailability { performance: large(), available_seats, as_of: now() };
        Ok(Page { items: vec![one(59_999), one(0)], next: None })
    });
    let path = format!("/api/v1/concerts/{}/dates/2026-12-24/seats?available=true", concert_id());
    let shown = world.send(get(&path).ada_in_line()).await.json(200);
    let told: Vec<_> = shown["performances"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["totalSeats"].as_u64(), one["availableSeats"].as_u64(), one["seats"].is_null()))
        .collect();
    assert_eq!(told, [(Some(60_000), Some(59_999), true), (Some(60_000), Some(0), true)]);
}

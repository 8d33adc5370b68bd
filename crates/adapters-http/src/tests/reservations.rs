use std::sync::Arc;

use actix_web::test::TestRequest;
use seatline_domain::commands::{CancelError, HoldError, TurnError, WantedSeats};
use seatline_domain::id::{PaymentId, PerformanceId, ReservationId};
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::Page;
use seatline_domain::queue::{PassEnd, PassRefusal, PassState};
use seatline_domain::reservation::{Reservation, ReservationState, ReservedSeat};
use seatline_domain::seat::hall::{BestSeatsError, Hall, SectionPlan, SectionSeats};
use seatline_domain::seat::{SeatMap, SeatNumber, SeatRefusal};
use seatline_domain::storage::StorageError;
use seatline_domain::text::Text;
use serde_json::json;
use uuid::Uuid;

use super::world::{
    Reply, Sender, World, ada, amount, at, concert_id, delete, get, performance, performance_id, post,
};
use crate::wire::List;

const PATH: &str = "/api/v1/reservations";

fn reservation_id() -> ReservationId {
    ReservationId::new(Uuid::from_u128(0x4e5))
}

fn reservation(state: ReservationState) -> Reservation {
    Reservation {
        id: reservation_id(),
        concert_id: concert_id(),
        performance_id: performance_id(),
        user_id: ada(),
        seats: vec![ReservedSeat { number: seat(7), section: "Floor".into(), price: amount("5000") }],
        amount: amount("5000"),
        state,
        held_at: at("2026-11-21T09:00:00Z"),
        expires_at: at("2026-11-21T09:05:00Z"),
        performance_cancelled_at: None,
    }
}

fn seat(number: u32) -> SeatNumber {
    SeatNumber::parse(number).unwrap()
}

fn hold(seats: &str) -> TestRequest {
    post(PATH, &format!(r#"{{"performanceId":"{}","seatNumbers":{seats}}}"#, performance_id())).ada_in_line()
}

async fn held(answer: Result<Answer<Reservation>, TurnError<HoldError>>) -> Reply {
    let mut world = World::with_programme();
    world.inventory.expect_hold().times(1).return_once(|_| answer);
    world.send(hold("[7]")).await
}

#[actix_web::test]
async fn a_hold_is_made_found_or_replayed() {
    let made = held(Ok(Answer::created(reservation(ReservationState::Held)))).await;
    let expected = json!({
        "reservationId": reservation_id().to_string(),
        "concertId": concert_id().to_string(),
        "performanceId": performance_id().to_string(),
        "seats": [{"number": 7, "section": "Floor", "price": 5000}],
        "amount": 5000,
        "state": "HELD",
        "heldAt": "2026-11-21T09:00:00Z",
        "expiresAt": "2026-11-21T09:05:00Z",
        "paymentId": null,
    });
    assert_eq!(made.json(201), expected);
    assert_eq!(made.header("location"), format!("{PATH}/{}", reservation_id()));
    assert_eq!(made.header("idempotency-replayed"), "");
    let found = held(Ok(Answer::existing(reservation(ReservationState::Held)))).await;
    assert_eq!(found.json(200), expected);
    let replayed = held(Ok(Answer::replayed(reservation(ReservationState::Held), true))).await;
    assert_eq!(replayed.json(201), expected);
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    assert_eq!(replayed.header("location"), made.header("location"));
}

#[actix_web::test]
async fn what_was_asked_for_reaches_the_inventory() {
    let mut world = World::with_programme();
    world.programme.expect_performances_on().returning(|_, _| Ok(vec![performance()]));
    world.inventory.expect_hold().times(2).returning(|command| {
        assert_eq!(command.user_id, ada());
        assert_eq!(command.performance.performance().id, performance_id());
        assert_eq!(command.seats.numbers(), [seat(7), seat(9)]);
        assert_eq!(command.key.unwrap().as_str(), "order 7");
        Ok(Answer::created(reservation(ReservationState::Held)))
    });
    let by_date = format!(
        r#"{{"concertId":"{}","date":"2026-12-24","performanceId":null,"seatNumbers":[7,9]}}"#,
        concert_id()
    );
    let requests = [hold("[9,7]").key("order 7"), post(PATH, &by_date).ada_in_line().key("order 7")];
    for reply in world.send_all(requests).await {
        reply.json(201);
    }
}

#[actix_web::test]
async fn every_refusal_has_its_code() {
    for (error, status, code) in [
        (PassRefusal::Ended(PassEnd::Expired).into(), 401, "queue_token_expired"),
        (PassRefusal::Mismatch.into(), 403, "queue_token_mismatch"),
        (PassRefusal::Unknown.into(), 401, "queue_token_invalid"),
        (TurnError::Failed(HoldError::KeyReused(KeyReused)), 422, "idempotency_key_reused"),
        (TurnError::Failed(HoldError::Storage(StorageError::Overloaded)), 503, "unavailable"),
    ] {
        held(Err(error)).await.problem(status, code);
    }
    let instant = at("2026-12-01T10:00:00Z");
    for (error, code, field, value) in [
        (
            HoldError::SalesNotOpen { opens_at: instant },
            "sales_not_open",
            "salesOpenAt",
            json!("2026-12-01T10:00:00Z"),
        ),
        (
            HoldError::SalesClosed { closed_at: instant },
            "sales_closed",
            "salesCloseAt",
            json!("2026-12-01T10:00:00Z"),
        ),
        (
            HoldError::PerformanceStarted { starts_at: instant },
            "performance_started",
            "startsAt",
            json!("2026-12-01T10:00:00Z"),
        ),
        (
            HoldError::ReservationActive { reservation_id: reservation_id() },
            "reservation_active",
            "reservationId",
            json!(reservation_id().to_string()),
        ),
    ] {
        assert_eq!(held(Err(TurnError::Failed(error))).await.problem(409, code)[field], value);
    }
    let limit = held(Err(TurnError::Failed(HoldError::SeatLimitExceeded { limit: 2 }))).await;
    assert_eq!(limit.problem(409, "seat_limit_exceeded")["limit"], 2);
    let seats = || vec![seat(7), seat(9)];
    for (error, status, code) in [
        (TurnError::Failed(HoldError::SeatTaken(SeatRefusal::Held, seats())), 409, "seat_held"),
        (TurnError::Failed(HoldError::SeatTaken(SeatRefusal::Sold, seats())), 409, "seat_sold"),
        (TurnError::Failed(HoldError::SeatTaken(SeatRefusal::Blocked, seats())), 409, "seat_blocked"),
        (TurnError::Failed(HoldError::SeatNotFound(seats())), 404, "seat_not_found"),
    ] {
        assert_eq!(held(Err(error)).await.problem(status, code)["seats"], json!([7, 9]));
    }
}

#[actix_web::test]
async fn somebody_who_waits_is_told_the_position() {
    let mut world = World::with_programme().pass_is(PassState::Waiting);
    world.inventory.expect_hold().returning(|_| Err(PassRefusal::Waiting.into()));
    world.queue.expect_news().returning(|_| {
        let figures = seatline_domain::queue::RoomFigures { now_serving: 1, ..super::world::figures() };
        Ok(super::world::news(figures))
    });
    assert_eq!(world.send(hold("[7]")).await.problem(403, "not_admitted")["position"], 4);
}

#[actix_web::test]
async fn seat_numbers_are_checked() {
    let many: Vec<_> = (1..=1_000).collect();
    for seats in ["[]", "[7,7]", "[0]", "[-1]", &format!("{many:?}")] {
        World::new().send(hold(seats)).await.invalid("seatNumbers");
    }
    for (seats, number) in [("[2147483648]", 1_i64 << 31), ("[1000001]", 1_000_001)] {
        let problem = World::new().send(hold(seats)).await.problem(404, "seat_not_found");
        assert_eq!(problem["seats"], json!([number]));
    }
    for seats in ["[1.5]", "[1e2]", "[\"7\"]", "[null]", "7", "null", "[9223372036854775808]", "{\"0\":7}"] {
        World::new().send(hold(seats)).await.problem(400, "malformed_request");
    }
}

fn best(wish: &str) -> TestRequest {
    post(PATH, &format!(r#"{{"performanceId":"{}",{wish}}}"#, performance_id())).ada_in_line()
}

/// A world in which the three seats of a hall are free.
fn world_with_hall() -> World {
    let seats = SectionSeats::Range { first_seat: 1, last_seat: 3 };
    let plan = SectionPlan { name: Text::parse("Floor").unwrap(), seats, price: amount("5000") };
    let hall = Arc::new(Hall::plan(vec![plan], &[]).unwrap());
    let map = Arc::new(SeatMap::of(hall.free_seats(performance_id()), at("2026-11-21T09:00:00Z")));
    let mut world = World::with_programme();
    world.programme.expect_hall().returning(move |_| Ok(Some(hall.clone())));
    world.inventory.expect_seat_map().returning(move |_| Ok(map.clone()));
    world
}

#[actix_web::test]
async fn the_best_seats_are_asked_for_by_their_count() {
    for (wish, expected, together, section) in [
        (r#""count":2"#, Ok(vec![seat(1), seat(2)]), true, None),
        (
            r#""count":2,"seatNumbers":null,"section":null,"together":null"#,
            Ok(vec![seat(1), seat(2)]),
            true,
            None,
        ),
        (
            r#""count":3,"section":" Floor","together":false"#,
            Ok((1..=3).map(seat).collect()),
            false,
            Some("Floor"),
        ),
        (r#""count":4"#, Err(BestSeatsError::SoldOut), true, None),
        (r#""count":1,"section":"Box""#, Err(BestSeatsError::SectionNotFound), true, Some("Box")),
    ] {
        let mut world = world_with_hall();
        world.inventory.expect_hold().times(1).return_once(move |command| {
            let WantedSeats::Best(choice) = command.seats else { panic!("named") };
            assert_eq!(choice.chosen.map(|seats| seats.numbers().to_vec()), expected);
            assert_eq!(choice.wish.together(), together);
            assert_eq!(choice.wish.section().map(seatline_domain::text::Text::as_str), section);
            Ok(Answer::created(reservation(ReservationState::Held)))
        });
        world.send(best(wish)).await.json(201);
    }
}

#[actix_web::test]
async fn seats_are_asked_for_in_one_of_two_ways() {
    for (wish, field) in [
        (r#""count":2,"seatNumbers":[7]"#, "count"),
        (r#""section":"Floor","seatNumbers":[7]"#, "section"),
        (r#""together":false,"seatNumbers":[7]"#, "together"),
        (r#""count":0"#, "count"),
        (r#""count":-1"#, "count"),
        (r#""count":101,"section":"""#, "count"),
    ] {
        World::new().send(best(wish)).await.invalid(field);
    }
    for wish in [
        r#""together":true"#,
        r#""section":"Floor""#,
        r#""count":null"#,
        r#""count":"2""#,
        r#""count":1.5"#,
        r#""count":1,"together":1"#,
        r#""count":1,"section":1"#,
    ] {
        World::new().send(best(wish)).await.problem(400, "malformed_request");
    }
    let long = "x".repeat(51);
    for name in ["", " ", r"\u0007", &long] {
        let wish = format!(r#""count":1,"section":"{name}""#);
        World::new().send(best(&wish)).await.problem(404, "section_not_found");
    }
}

#[actix_web::test]
async fn why_no_seats_could_be_chosen_is_told() {
    for (error, status, code) in [
        (BestSeatsError::SectionNotFound, 404, "section_not_found"),
        (BestSeatsError::SoldOut, 409, "sold_out"),
        (BestSeatsError::NoAdjacentSeats, 409, "no_adjacent_seats"),
    ] {
        held(Err(TurnError::Failed(HoldError::NotChosen(error)))).await.problem(status, code);
    }
}

#[actix_web::test]
async fn the_performance_is_named_in_one_of_two_ways() {
    let (performance, concert) = (performance_id(), concert_id());
    for (named, field) in [
        (String::new(), "performanceId"),
        (format!(r#""performanceId":"{performance}","date":"2026-12-24","#), "performanceId"),
        (
            format!(r#""performanceId":"{performance}","concertId":"{concert}","date":"2026-12-24","#),
            "performanceId",
        ),
        (format!(r#""concertId":"{concert}","#), "date"),
        (r#""date":"2026-12-24","#.into(), "concertId"),
    ] {
        let body = format!("{{{named}\"seatNumbers\":[7]}}");
        World::new().send(post(PATH, &body).ada_in_line()).await.invalid(field);
    }
    for named in [
        format!(r#""performanceId":"{{{performance}}}""#),
        r#""performanceId":7"#.into(),
        format!(r#""concertId":"{concert}","date":"2026-02-30""#),
        format!(r#""performanceId":"{performance}","price":1"#),
        format!(r#""performanceId":"{performance}","userId":"{}""#, ada()),
    ] {
        let body = format!("{{{named},\"seatNumbers\":[7]}}");
        World::new().send(post(PATH, &body).ada_in_line()).await.problem(400, "malformed_request");
    }
}

#[actix_web::test]
async fn an_ambiguous_date_names_the_performances_that_can_be_booked() {
    let other = PerformanceId::new(Uuid::from_u128(1));
    let starts_at = at("2026-12-24T06:00:00Z");
    let bookable = vec![(other, starts_at), (performance_id(), performance().starts_at)];
    let problem = held(Err(TurnError::Failed(HoldError::DateAmbiguous(bookable)))).await;
    let problem = problem.problem(409, "date_ambiguous");
    assert_eq!(problem["performances"], json!([other.to_string(), performance_id().to_string()]));
    assert_eq!(
        problem["bookable"],
        json!([
            {"performanceId": other.to_string(), "startsAt": "2026-12-24T06:00:00Z"},
            {"performanceId": performance_id().to_string(), "startsAt": performance().starts_at},
        ])
    );
}

#[actix_web::test]
async fn keys_are_checked_before_the_body() {
    for key in ["", &"k".repeat(256), "é", "tab\tkey"] {
        let reply = World::new().send(post(PATH, "{").ada_in_line().key(key)).await;
        reply.problem(400, "idempotency_key_invalid");
    }
    let twice = hold("[7]").key("a").append_header(("idempotency-key", "b"));
    World::new().send(twice).await.problem(400, "idempotency_key_invalid");
}

#[actix_web::test]
async fn reservations_are_listed_and_shown_in_every_state() {
    let (payment_id, time) = (PaymentId::new(Uuid::from_u128(0xfa)), at("2026-11-21T09:01:00Z"));
    for (state, name, payment) in [
        (ReservationState::Held, "HELD", json!(null)),
        (ReservationState::Paid { payment_id, at: time }, "PAID", json!(payment_id.to_string())),
        (ReservationState::Expired { at: time }, "EXPIRED", json!(null)),
        (ReservationState::Cancelled { at: time }, "CANCELLED", json!(null)),
        (ReservationState::Refunded { payment_id, at: time }, "REFUNDED", json!(payment_id.to_string())),
    ] {
        let mut world = World::new();
        world
            .reservations
            .expect_reservation()
            .returning(move |_, id| Ok((id == reservation_id()).then(|| reservation(state))));
        world.reservations.expect_reservations().returning(move |_, _| {
            Ok(Page { items: vec![reservation(state)], next: Some(reservation_id()) })
        });
        let one = get(&format!("{PATH}/{}", reservation_id())).ada();
        let other = get(&format!("{PATH}/{}", Uuid::nil())).ada();
        let replies = world.send_all([one, get(PATH).ada(), other]).await;
        let shown = replies[0].json(200);
        assert_eq!((&shown["state"], &shown["paymentId"]), (&json!(name), &payment));
        assert_eq!(
            replies[1].json(200),
            json!({"items": [shown], "nextCursor": List::named("reservations").of_user(ada()).give(&reservation_id())})
        );
        replies[2].problem(404, "reservation_not_found");
    }
}

#[actix_web::test]
async fn giving_up_is_repeatable_unless_paid() {
    let mut world = World::new();
    let time = at("2026-11-21T09:01:00Z");
    world
        .reservations
        .expect_cancel()
        .times(2)
        .returning(move |_| Ok(reservation(ReservationState::Cancelled { at: time })));
    world.reservations.expect_cancel().times(1).returning(|_| Err(CancelError::NotCancellable));
    world.reservations.expect_cancel().returning(|_| Err(CancelError::NotFound));
    let cancel = || delete(&format!("{PATH}/{}", reservation_id())).ada();
    let replies = world.send_all([cancel(), cancel(), cancel(), cancel()]).await;
    assert_eq!((replies[0].status.as_u16(), replies[1].status.as_u16()), (204, 204));
    replies[2].problem(409, "reservation_not_cancellable");
    replies[3].problem(404, "reservation_not_found");
    World::new().send(delete(&format!("{PATH}/7")).ada()).await.problem(400, "malformed_request");
}

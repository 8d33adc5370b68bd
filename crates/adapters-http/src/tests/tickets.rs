use actix_web::test::TestRequest;
use seatline_domain::commands::CheckInError;
use seatline_domain::id::{CheckInId, PaymentId, ReservationId};
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::Page;
use seatline_domain::seat::SeatNumber;
use seatline_domain::storage::StorageError;
use seatline_domain::text::Text;
use seatline_domain::ticket::{
    CheckIn, ListedTicket, Ticket, TicketClaims, TicketCursor, TicketHolder, TicketId, TicketPlace,
    TicketState,
};
use serde_json::json;
use uuid::Uuid;

use super::world::{Sender, World, ada, at, codes, concert_id, get, now, performance_id, post};
use crate::wire::List;

fn ticket_id(seat: u32) -> TicketId {
    let reservation_id = ReservationId::new(Uuid::from_u128(0x2e));
    TicketId { reservation_id, seat_number: SeatNumber::parse(seat).unwrap() }
}

fn place() -> TicketPlace {
    TicketPlace { section: "Floor".into(), row: Some("B".into()), place: Some(3) }
}

fn ticket() -> Ticket {
    Ticket {
        id: ticket_id(7),
        payment_id: PaymentId::new(Uuid::from_u128(0x9a)),
        concert_id: concert_id(),
        title: "Winter Gala".into(),
        venue: "Grand Hall".into(),
        performance_id: performance_id(),
        starts_at: at("2026-12-24T10:00:00Z"),
        place: place(),
        state: TicketState::Void,
        checked_in_at: Some(at("2026-12-24T09:30:00Z")),
        as_of: now(),
    }
}

fn listed(seat: u32) -> ListedTicket {
    let (id, place, name) = (ticket_id(seat), place(), Some("Ada".into()));
    ListedTicket { id, place, name, state: TicketState::Valid, checked_in_at: None }
}

fn code() -> String {
    codes().code(&TicketClaims::of(ticket_id(7), performance_id()))
}

#[actix_web::test]
async fn a_ticket_is_shown_with_everything() {
    let mut world = World::new();
    let next = TicketCursor::of(&ticket());
    world.tickets.expect_tickets().returning(move |user_id, page| {
        assert_eq!((user_id, page.limit.get()), (ada(), 1));
        Ok(Page { items: vec![ticket()], next: Some(next) })
    });
    world.tickets.expect_ticket().returning(|_, id| Ok((id == ticket_id(7)).then(ticket)));
    let list = List::named("tickets").of_user(ada());
    let one = |seat| format!("/api/v1/tickets/{}", ticket_id(seat));
    let paths = [
        "/api/v1/tickets?limit=1".to_owned(),
        format!("/api/v1/tickets?limit=1&cursor={}", list.give(&next)),
        one(7),
        one(8),
        "/api/v1/tickets/7".to_owned(),
        format!("{}/calendar.ics", one(7)),
    ];
    let replies = Box::pin(world.send_all(paths.map(|path| get(&path).ada()))).await;
    let body = json!({
        "ticketId": ticket_id(7).to_string(),
        "paymentId": Uuid::from_u128(0x9a).to_string(),
        "concertId": concert_id().to_string(),
        "performanceId": performance_id().to_string(),
        "title": "Winter Gala",
        "venue": "Grand Hall",
        "startsAt": "2026-12-24T10:00:00Z",
        "section": "Floor",
        "row": "B",
        "place": 3,
        "seatNumber": 7,
        "state": "VOID",
        "code": code(),
        "checkedInAt": "2026-12-24T09:30:00Z",
    });
    for page in &replies[..2] {
        assert_eq!(page.json(200), json!({"items": [body], "nextCursor": list.give(&next)}));
    }
    assert_eq!(replies[2].json(200), body);
    replies[3].problem(404, "ticket_not_found");
    replies[4].problem(400, "malformed_request");
    assert!(replies[5].text().contains("STATUS:CANCELLED\r\n"), "{}", replies[5].text());
}

#[actix_web::test]
async fn keys_are_published_for_anybody_whatever_they_accept() {
    let request = get("/.well-known/jwks.json").insert_header(("accept", "application/jwk-set+json"));
    let reply = World::new().send(request).await;
    let codes = codes();
    let key = codes.public_keys().next().unwrap();
    let key = json!({
        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.id, "x": key.x,
    });
    assert_eq!(reply.json(200), json!({"keys": [key]}));
    assert_eq!(reply.header("cache-control"), "public, max-age=300");
}

fn check_in(body: &str) -> TestRequest {
    post(&format!("/api/v1/admin/performances/{}/check-ins", performance_id()), body).operator()
}

fn with_holder() -> World {
    let mut world = World::with_programme();
    world.tickets.expect_holder().returning(|_, _| {
        let (name, place) = (Some("Ada".into()), place());
        Ok(Some(TicketHolder { concert_id: concert_id(), user_id: ada(), name, place }))
    });
    world
}

#[actix_web::test]
async fn a_check_in_names_whom_to_greet() {
    let mut world = with_holder();
    world.tickets.expect_check_in().times(1).returning(|command| {
        assert_eq!(command.gate, None);
        Ok(Answer::replayed(
            CheckIn {
                id: CheckInId::new(Uuid::nil()),
                performance_id: command.performance_id,
                ticket_id: command.ticket_id,
                gate: None,
                operator: command.stamp.operator,
                at: now(),
            },
            true,
        ))
    });
    let reply = world.send(check_in(&json!({"code": code()}).to_string()).key("once")).await;
    assert_eq!(
        reply.json(201),
        json!({
            "ticketId": ticket_id(7).to_string(),
            "section": "Floor",
            "row": "B",
            "place": 3,
            "seatNumber": 7,
            "name": "Ada",
            "checkedInAt": "2026-11-21T09:00:00Z",
        })
    );
    assert_eq!(reply.header("idempotency-replayed"), "true");
}

#[actix_web::test]
async fn a_gate_learns_why_not() {
    let gate = Some(Text::parse("North").unwrap());
    for (error, status, expected) in [
        (CheckInError::Invalid, 422, "ticket_invalid"),
        (CheckInError::Void, 409, "ticket_void"),
        (CheckInError::Used { at: now(), gate }, 409, "ticket_used"),
        (CheckInError::KeyReused(KeyReused), 422, "idempotency_key_reused"),
        (CheckInError::Storage(StorageError::Overloaded), 503, "unavailable"),
    ] {
        let mut world = with_holder();
        world.tickets.expect_check_in().return_once(|_| Err(error));
        let problem = world.send(check_in(&json!({"code": code()}).to_string())).await;
        let problem = problem.problem(status, expected);
        let used = expected == "ticket_used";
        assert_eq!(problem["gate"] == "North" && problem["checkedInAt"] == "2026-11-21T09:00:00Z", used);
    }
    for (body, status, expected) in [
        (json!({"code": "none"}), 422, "ticket_invalid"),
        (json!({"code": code(), "gate": " "}), 422, "invalid_value"),
        (json!({"gate": "North"}), 400, "malformed_request"),
        (json!({"code": 7}), 400, "malformed_request"),
    ] {
        World::with_programme().send(check_in(&body.to_string())).await.problem(status, expected);
    }
}

fn csv() -> TestRequest {
    let path = format!("/api/v1/admin/performances/{}/tickets?limit=1", performance_id());
    get(&path).operator().insert_header(("accept", "text/csv"))
}

#[actix_web::test]
async fn a_list_as_csv_is_read_to_its_end_whatever_the_limit_is() {
    let mut world = World::with_programme();
    world.tickets.expect_tickets_of_performance().returning(|_, page| {
        assert_eq!(page.limit.get(), 100);
        let seat = page.after.map_or(1, |after| after.get() + 1);
        Ok(Page { items: vec![listed(seat)], next: (seat < 3).then(|| SeatNumber::parse(seat).unwrap()) })
    });
    let reply = world.send(csv()).await;
    assert_eq!(reply.status, 200);
    let text = reply.text();
    let rows: Vec<_> = text.split_terminator("\r\n").collect();
    let row = |seat| format!("{},{seat},Floor,B,3,Ada,VALID,", ticket_id(seat));
    assert_eq!(rows[1..], [row(1), row(2), row(3)]);
}

#[actix_web::test]
async fn an_empty_list_as_csv_has_its_header() {
    let mut world = World::with_programme();
    world.tickets.expect_tickets_of_performance().returning(|_, _| Ok(Page { items: vec![], next: None }));
    let reply = world.send(csv()).await;
    assert_eq!(reply.text(), "ticketId,seatNumber,section,row,place,name,state,checkedInAt\r\n");
}

#[actix_web::test]
async fn a_list_that_cannot_be_begun_is_a_problem() {
    let mut world = World::with_programme();
    world.tickets.expect_tickets_of_performance().returning(|_, _| Err(StorageError::Overloaded));
    world.send(csv()).await.problem(503, "unavailable");
}

use actix_web::test::TestRequest;
use seatline_domain::commands::{PayError, RefundError, TurnError};
use seatline_domain::id::{LedgerEntryId, PaymentId, RefundId, ReservationId};
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::Page;
use seatline_domain::payment::{Payment, Refund, RefundedBy};
use seatline_domain::point::InsufficientPoints;
use seatline_domain::queue::{PassEnd, PassRefusal};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::samples;
use seatline_domain::seat::SeatNumber;
use seatline_domain::storage::StorageError;
use serde_json::json;
use uuid::Uuid;

use super::world::{Reply, Sender, World, ada, amount, at, get, post};

const PATH: &str = "/api/v1/payments";

fn payment() -> Payment {
    Payment {
        id: PaymentId::new(Uuid::from_u128(0xfa)),
        reservation_id: ReservationId::new(Uuid::from_u128(0x4e5)),
        user_id: ada(),
        amount: amount("5000"),
        balance_after: amount("0.01"),
        paid_at: at("2026-11-21T09:01:00Z"),
        seats: vec![SeatNumber::parse(7).unwrap()],
        refunds: Vec::new(),
    }
}

fn refund() -> Refund {
    Refund {
        id: RefundId::new(Uuid::from_u128(0x4ef)),
        payment_id: payment().id,
        entry_id: LedgerEntryId::new(Uuid::from_u128(0xe)),
        amount: amount("5000"),
        balance_after: amount("5000.01"),
        seats: payment().seats,
        by: RefundedBy::User,
        reason: None,
        refunded_at: at("2026-11-22T09:01:00Z"),
    }
}

fn pay() -> TestRequest {
    post(PATH, &format!(r#"{{"reservationId":"{}"}}"#, payment().reservation_id)).ada_in_line()
}

async fn paid(answer: Result<Answer<Payment>, TurnError<PayError>>) -> Reply {
    let mut world = World::new();
    world.payments.expect_pay().times(1).return_once(|_| answer);
    world.send(pay().key("key-1")).await
}

#[actix_web::test]
async fn a_payment_is_made_found_or_replayed() {
    let expected = json!({
        "paymentId": Uuid::from_u128(0xfa),
        "reservationId": Uuid::from_u128(0x4e5),
        "userId": ada().to_string(),
        "amount": 5000,
        "balance": 0.01,
        "state": "COMPLETED",
        "paidAt": "2026-11-21T09:01:00Z",
        "seats": [7],
        "refundedAmount": 0,
        "refunds": [],
    });
    let made = paid(Ok(Answer::created(payment()))).await;
    assert_eq!(made.json(201), expected);
    assert_eq!(made.header("location"), format!("{PATH}/{}", payment().id));
    assert_eq!(paid(Ok(Answer::existing(payment()))).await.json(200), expected);
    for (created, status) in [(true, 201), (false, 200)] {
        let replayed = paid(Ok(Answer::replayed(payment(), created))).await;
        assert_eq!(replayed.json(status), expected);
        assert_eq!(replayed.header("idempotency-replayed"), "true");
    }
}

#[actix_web::test]
async fn every_refusal_has_its_code() {
    for (error, status, code) in [
        (TurnError::Failed(PayError::ReservationNotFound), 404, "reservation_not_found"),
        (PassRefusal::Ended(PassEnd::Completed).into(), 401, "queue_token_expired"),
        (PassRefusal::Mismatch.into(), 403, "queue_token_mismatch"),
        (PassRefusal::Unknown.into(), 401, "queue_token_invalid"),
        (TurnError::Failed(PayError::HoldExpired { expires_at: super::world::now() }), 410, "hold_expired"),
        (TurnError::Failed(PayError::NotPayable), 409, "reservation_not_payable"),
        (TurnError::Failed(PayError::KeyReused(KeyReused)), 422, "idempotency_key_reused"),
        (
            TurnError::Failed(PayError::Storage(StorageError::OutcomeUnknown(String::new()))),
            503,
            "unavailable",
        ),
    ] {
        paid(Err(error)).await.problem(status, code);
    }
    let insufficient = InsufficientPoints { balance: amount("10.5"), required: amount("5000") };
    let problem = paid(Err(TurnError::Failed(insufficient.into()))).await.problem(402, "insufficient_points");
    assert_eq!((&problem["balance"], &problem["required"]), (&json!(10.5), &json!(5000)));
}

#[actix_web::test]
async fn the_price_is_not_the_clients_to_say() {
    let id = payment().reservation_id;
    for body in [
        format!(r#"{{"reservationId":"{id}","amount":1}}"#),
        format!(r#"{{"reservationId":"{id}","userId":"{}"}}"#, ada()),
        r#"{"reservationId":"7"}"#.into(),
        r#"{"reservationId":null}"#.into(),
        "{}".into(),
    ] {
        World::new().send(post(PATH, &body).ada_in_line()).await.problem(400, "malformed_request");
    }
}

#[actix_web::test]
async fn payments_are_listed_and_shown() {
    let mut world = World::new();
    world.payments.expect_payment().returning(|_, id| Ok((id == payment().id).then(payment)));
    world.payments.expect_payments().returning(|_, _| {
        Ok(Page { items: vec![Payment { refunds: vec![refund()], ..payment() }], next: None })
    });
    let one = get(&format!("{PATH}/{}", payment().id)).ada();
    let other = get(&format!("{PATH}/{}", Uuid::nil())).ada();
    let replies = world.send_all([one, get(PATH).ada(), other]).await;
    assert_eq!(replies[0].json(200)["state"], "COMPLETED");
    let refunded = &replies[1].json(200)["items"][0];
    assert_eq!((&refunded["state"], &refunded["refundedAmount"]), (&json!("REFUNDED"), &json!(5_000)));
    assert_eq!(
        refunded["refunds"],
        json!([{
            "refundId": Uuid::from_u128(0x4ef),
            "paymentId": payment().id.uuid(),
            "amount": 5_000,
            "balance": 5_000.01,
            "seats": [7],
            "by": "USER",
            "reason": null,
            "refundedAt": "2026-11-22T09:01:00Z",
        }])
    );
    replies[2].problem(404, "payment_not_found");
}

#[actix_web::test]
async fn a_refund_needs_no_body_and_every_refusal_of_it_has_its_code() {
    let path = format!("{PATH}/{}/refunds", payment().id);
    let refunded = async |answer: Result<Answer<Refund>, RefundError>, body: &str| {
        let mut world = World::new();
        world.payments.expect_payment().returning(|_, _| Ok(Some(payment())));
        world.reservations.expect_reservation().returning(|_, _| Ok(Some(paid_for())));
        world.payments.expect_refund().times(1).return_once(|_| answer);
        let request = if body.is_empty() { TestRequest::post().uri(&path) } else { post(&path, body) };
        world.send(request.ada()).await
    };
    for body in ["", "{}", r#"{"seatNumbers":[7]}"#] {
        let made = refunded(Ok(Answer::created(refund())), body).await;
        assert_eq!(made.json(201)["refundId"], json!(refund().id.uuid()));
    }
    assert_eq!(refunded(Ok(Answer::existing(refund())), "").await.json(200)["by"], "USER");
    let seats = || vec![SeatNumber::parse(7).unwrap()];
    for (error, status, code) in [
        (RefundError::PaymentNotFound, 404, "payment_not_found"),
        (RefundError::SeatNotFound(seats()), 404, "seat_not_found"),
        (RefundError::SeatsRefunded(seats()), 422, "invalid_value"),
        (RefundError::Closed { refundable_until: None }, 409, "refund_closed"),
        (RefundError::KeyReused(KeyReused), 422, "idempotency_key_reused"),
        (RefundError::Storage(StorageError::Overloaded), 503, "unavailable"),
    ] {
        refunded(Err(error), "").await.problem(status, code);
    }
    for (body, status, code) in [
        ("[]", 400, "malformed_request"),
        (r#"{"seats":[7]}"#, 400, "malformed_request"),
        (r#"{"seatNumbers":[]}"#, 422, "invalid_value"),
    ] {
        World::new().send(post(&path, body).ada()).await.problem(status, code);
    }
    let plain = TestRequest::post().uri(&path).set_payload("{}").ada();
    World::new().send(plain).await.problem(415, "unsupported_media_type");
}

fn paid_for() -> Reservation {
    let state = ReservationState::Paid { payment_id: payment().id, at: payment().paid_at };
    Reservation {
        id: payment().reservation_id,
        concert_id: samples::performance().concert_id,
        performance_id: samples::performance().id,
        user_id: ada(),
        seats: vec![],
        amount: amount("5000"),
        state,
        held_at: at("2026-11-21T09:00:00Z"),
        expires_at: at("2026-11-21T09:05:00Z"),
        performance_cancelled_at: None,
    }
}

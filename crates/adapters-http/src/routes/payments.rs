//! Payments: points for seats.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use seatline_application::payments::{PayReservationError, PaymentError};
use seatline_domain::commands::PayError;
use seatline_domain::id::ReservationId;
use seatline_domain::payment::{Payment, PaymentState};
use seatline_domain::seat::SeatNumber;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, json, replayable};
use crate::operation::{Access, AnswerHeader, IdempotencyUse, Operation, Tag, Verb};
use crate::problem::{Code, Problem};
use crate::wire::{IdText, PageBody, Points};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Post, "/api/v1/payments", "payReservation", Tag::Payments, pay)
            .about(
                "Pay a reservation",
                "Takes the price from the user's points, makes the seats theirs and completes their turn, in one step. \
                 Paying twice gives the first payment, although the token is completed by then.",
            )
            .access(Access::InTurn)
            .idempotency(IdempotencyUse::Optional)
            .body::<PayBody>()
            .answers::<PaymentBody>(
                201,
                "The payment.",
                &[AnswerHeader::Location, AnswerHeader::IdempotencyReplayed],
            )
            .answers::<PaymentBody>(
                200,
                "The first payment of this reservation.",
                &[AnswerHeader::IdempotencyReplayed],
            )
            .errors(&[
                Code::InsufficientPoints,
                Code::ReservationNotFound,
                Code::ReservationNotPayable,
                Code::HoldExpired,
                Code::Unavailable,
            ]),
        Operation::new(Verb::Get, "/api/v1/payments", "listPayments", Tag::Payments, list)
            .about("Your payments", "Newest first.")
            .access(Access::User)
            .paged()
            .answers::<PageBody<PaymentBody>>(200, "One page of them.", &[])
            .errors(&[Code::Unavailable]),
        Operation::new(Verb::Get, "/api/v1/payments/{paymentId}", "showPayment", Tag::Payments, show)
            .about("One of your payments", "")
            .access(Access::User)
            .answers::<PaymentBody>(200, "The payment.", &[])
            .errors(&[Code::PaymentNotFound, Code::Unavailable]),
    ]
}

async fn pay(call: Call) -> Result<HttpResponse, Problem> {
    let seatline = call.seatline();
    let user_id = call.user().await?;
    let claims = call.queue_claims(user_id)?;
    let key = call.idempotency_key()?;
    let body: PayBody = call.json().await?;
    let reservation_id = ReservationId::new(body.reservation_id.0);
    let answer = seatline.pay_reservation.execute(&claims, reservation_id, key).await?;
    let location = format!("/api/v1/payments/{}", answer.value.id);
    Ok(replayable(answer, Some(location), PaymentBody::from))
}

async fn list(call: Call) -> Result<HttpResponse, Problem> {
    let user_id = call.user().await?;
    let page = call.seatline().list_payments.execute(user_id, call.page()?).await?;
    Ok(json(&PageBody::render(page, PaymentBody::from)))
}

async fn show(call: Call) -> Result<HttpResponse, Problem> {
    let user_id = call.user().await?;
    let payment = call.seatline().show_payment.execute(user_id, call.path_id()?).await?;
    Ok(json(&PaymentBody::from(payment)))
}

impl From<PayReservationError> for Problem {
    fn from(error: PayReservationError) -> Self {
        match error {
            PayReservationError::Turn(refusal) => refusal.into(),
            PayReservationError::Pay(error) => error.into(),
        }
    }
}

impl From<PayError> for Problem {
    fn from(error: PayError) -> Self {
        match error {
            PayError::ReservationNotFound => Self::new(Code::ReservationNotFound),
            PayError::HoldExpired => Self::new(Code::HoldExpired),
            PayError::NotPayable => Self::new(Code::ReservationNotPayable),
            PayError::InsufficientPoints(points) => {
                Self::new(Code::InsufficientPoints).points(points.balance, points.required)
            }
            PayError::KeyReused(reused) => reused.into(),
            PayError::Storage(error) => error.into(),
        }
    }
}

impl From<PaymentError> for Problem {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::NotFound => Self::new(Code::PaymentNotFound),
            PaymentError::Storage(error) => error.into(),
        }
    }
}

/// Which reservation to pay. The price comes from its seats.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PayReservation)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PayBody {
    /// The reservation.
    #[schema(value_type = Uuid)]
    reservation_id: IdText,
}

/// The payment of one reservation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
#[serde(rename_all = "camelCase")]
struct PaymentBody {
    /// Which payment.
    payment_id: Uuid,
    /// For which reservation.
    reservation_id: Uuid,
    /// Whose.
    user_id: Uuid,
    /// How many points were taken.
    amount: Points,
    /// The balance after it.
    balance: Points,
    /// Where it stands.
    state: PaymentStateBody,
    /// When.
    paid_at: DateTime<Utc>,
    /// The numbers of the seats that it bought.
    #[schema(example = json!([7]))]
    seats: Vec<u32>,
}

/// Where a payment stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum PaymentStateBody {
    /// The points were taken, the seats are the user's.
    Completed,
    /// The points were given back.
    Refunded,
}

impl From<Payment> for PaymentBody {
    fn from(payment: Payment) -> Self {
        Self {
            payment_id: payment.id.uuid(),
            reservation_id: payment.reservation_id.uuid(),
            user_id: payment.user_id.uuid(),
            amount: payment.amount.into(),
            balance: payment.balance_after.into(),
            state: match payment.state {
                PaymentState::Completed => PaymentStateBody::Completed,
                PaymentState::Refunded => PaymentStateBody::Refunded,
            },
            paid_at: payment.paid_at,
            seats: payment.seats.into_iter().map(SeatNumber::get).collect(),
        }
    }
}

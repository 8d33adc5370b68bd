//! Payments: points for seats.

use actix_web::web::Json;
use chrono::{DateTime, Utc};
use seatline_application::payments::{PayReservationError, PaymentError};
use seatline_domain::commands::PayError;
use seatline_domain::id::{PaymentId, ReservationId};
use seatline_domain::payment::{Payment, PaymentState};
use seatline_domain::seat::SeatNumber;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{InTurn, JsonBody, LimitedUser, OptionalKey, Page, Path, User};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;
use crate::wire::{IdText, List, PageBody, Points};

pub(super) type PaymentPage = PageBody<PaymentBody>;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(pay_reservation).limited(Limited::Paying).errors(&[
            Code::InsufficientPoints,
            Code::ReservationNotFound,
            Code::ReservationNotPayable,
            Code::HoldExpired,
            Code::Unavailable,
        ]),
        endpoint!(list_payments).limited(Limited::Listing).errors(&[Code::Unavailable]),
        endpoint!(show_payment).errors(&[Code::PaymentNotFound, Code::Unavailable]),
    ]
}

/// Pay a reservation
///
/// Takes the price from the user's points, makes the seats theirs and completes their turn, in one step. Paying twice gives
/// the first payment, although the token is completed by then.
#[utoipa::path(post, path = "/api/v1/payments", operation_id = "payReservation", tag = "Payments", responses(
    (status = 201, description = "The payment.", body = PaymentBody,
     headers(("Location"), ("Idempotency-Replayed"))),
    (status = 200, description = "The first payment of this reservation.", body = PaymentBody,
     headers(("Idempotency-Replayed"))),
))]
async fn pay_reservation(
    _: LimitedUser,
    turn: InTurn,
    key: OptionalKey,
    body: JsonBody<PayBody>,
    app: State,
) -> Result<Replayable<PaymentBody>, Problem> {
    let reservation_id = ReservationId::new(body.read().await?.reservation_id.0);
    let answer = app.seatline.pay_reservation.execute(&turn.0, reservation_id, key.0).await?;
    let location = format!("/api/v1/payments/{}", answer.value.id);
    Ok(Replayable::new(answer, Some(location)))
}

/// List your payments
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/payments", operation_id = "listPayments", tag = "Payments", responses(
    (status = 200, description = "One page of them.", body = PaymentPage),
))]
async fn list_payments(
    LimitedUser(user): LimitedUser,
    page: Page,
    app: State,
) -> Result<Json<PaymentPage>, Problem> {
    let list = List::named("payments").of_user(user.id);
    let page = app.seatline.list_payments.execute(user.id, page.of(&list)?).await?;
    Ok(Json(PageBody::render(page, &list, PaymentBody::from)))
}

/// Show one of your payments
#[utoipa::path(get, path = "/api/v1/payments/{paymentId}", operation_id = "showPayment", tag = "Payments", responses(
    (status = 200, description = "The payment.", body = PaymentBody),
))]
async fn show_payment(
    user: User,
    payment: Path<PaymentId>,
    app: State,
) -> Result<Json<PaymentBody>, Problem> {
    let payment = app.seatline.show_payment.execute(user.id, payment.0).await?;
    Ok(Json(payment.into()))
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
            PayError::HoldExpired { expires_at } => Self::new(Code::HoldExpired).expires_at(expires_at),
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

/// A reservation to pay. The price comes from its seats.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PayReservation)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PayBody {
    /// The reservation's id.
    #[schema(value_type = Uuid)]
    reservation_id: IdText,
}

/// The payment of one reservation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
#[serde(rename_all = "camelCase")]
pub(super) struct PaymentBody {
    /// The payment's id.
    payment_id: Uuid,
    /// The reservation that it pays.
    reservation_id: Uuid,
    /// The user's id.
    user_id: Uuid,
    /// The points taken.
    amount: Points,
    /// The balance after it.
    balance: Points,
    /// Its state.
    state: PaymentStateBody,
    /// The instant of the payment.
    paid_at: DateTime<Utc>,
    /// The numbers of the seats that it bought.
    #[schema(example = json!([7]))]
    seats: Vec<u32>,
}

/// State of a payment.
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

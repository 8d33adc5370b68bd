//! Payments: points for seats, and back.

use actix_web::web::Json;
use chrono::{DateTime, Utc};
use seatline_application::payments::{PayReservationError, PaymentError};
use seatline_domain::audit::Reason;
use seatline_domain::commands::{PayError, RefundError, RefundRequester};
use seatline_domain::id::{PaymentId, ReservationId};
use seatline_domain::payment::{Payment, PaymentState, Refund, RefundedBy};
use seatline_domain::seat::{SeatNumber, SeatSelection};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{InTurn, JsonBody, LimitedUser, OptionalJsonBody, OptionalKey, Page, Path, User};
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
            Code::PerformanceCancelled,
            Code::Unavailable,
        ]),
        endpoint!(list_payments).limited(Limited::Listing).errors(&[Code::Unavailable]),
        endpoint!(show_payment).errors(&[Code::PaymentNotFound, Code::Unavailable]),
        endpoint!(refund_payment).limited(Limited::Paying).errors(&[
            Code::PaymentNotFound,
            Code::SeatNotFound,
            Code::RefundClosed,
            Code::TicketUsed,
            Code::InvalidValue,
            Code::Unavailable,
        ]),
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

/// Give seats of a payment back
///
/// All that are left, if none are named; until `refundableUntil` of the performance and before it starts. The seats are free
/// at once, and what they had cost is back, in one step. Asking again for what one refund gave back finds that refund; for
/// everything, once nothing is left, the last one. Seats of which only some are left are refused.
#[utoipa::path(
    post, path = "/api/v1/payments/{paymentId}/refunds", operation_id = "refundPayment", tag = "Payments",
    responses(
        (status = 201, description = "The refund.", body = RefundBody,
         headers(("Location"), ("Idempotency-Replayed"))),
        (status = 200, description = "The refund that gave these seats back before.", body = RefundBody),
    ),
)]
async fn refund_payment(
    LimitedUser(user): LimitedUser,
    payment: Path<PaymentId>,
    key: OptionalKey,
    body: OptionalJsonBody<WantedRefundBody>,
    app: State,
) -> Result<Replayable<RefundBody>, Problem> {
    let seats = selected(body.read().await?.seat_numbers)?;
    let refund = &app.seatline.refund_payment;
    let answer = refund.execute(user.id, payment.0, seats, RefundRequester::User, key.0).await?;
    Ok(Replayable::new(answer, Some(format!("/api/v1/payments/{}", payment.0))))
}

/// Reads the seats that are wanted, if any are named.
pub(super) fn selected(seat_numbers: Option<Vec<i64>>) -> Result<Option<SeatSelection>, Problem> {
    Ok(seat_numbers.map(|numbers| SeatSelection::parse(&numbers)).transpose()?)
}

impl From<RefundError> for Problem {
    fn from(error: RefundError) -> Self {
        let numbers = |seats: Vec<SeatNumber>| seats.into_iter().map(|seat| i64::from(seat.get()));
        match error {
            RefundError::PaymentNotFound => Self::new(Code::PaymentNotFound),
            RefundError::SeatNotFound(seats) => Self::new(Code::SeatNotFound).seats(numbers(seats)),
            RefundError::SeatsRefunded(seats) => {
                let detail = "Some of the seats were refunded before, and some were not, or by different refunds. `seats` lists those that were.";
                Self::invalid("seatNumbers", detail).seats(numbers(seats))
            }
            RefundError::Closed { refundable_until } => {
                Self::new(Code::RefundClosed).refundable_until(refundable_until)
            }
            RefundError::TicketUsed { at, gate } => {
                Self::new(Code::TicketUsed).checked_in(at, gate.map(|gate| gate.as_str().to_owned()))
            }
            RefundError::KeyReused(reused) => reused.into(),
            RefundError::Storage(error) => error.into(),
        }
    }
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
            PayError::PerformanceCancelled => Self::new(Code::PerformanceCancelled),
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
    /// The numbers of the seats that it bought, refunded ones too.
    #[schema(example = json!([7]))]
    seats: Vec<u32>,
    /// The points given back.
    refunded_amount: Points,
    /// Its refunds, in their order.
    refunds: Vec<RefundBody>,
}

/// Seats to give back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = RefundPayment)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WantedRefundBody {
    /// The numbers of the seats, each once; all that are left, if not said.
    #[schema(nullable = false, min_items = 1, max_items = 100, example = json!([7]))]
    seat_numbers: Option<Vec<i64>>,
}

/// A refund: seats of a payment are free again, and what they had cost is back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refund)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefundBody {
    /// The refund's id.
    refund_id: Uuid,
    /// The payment.
    payment_id: Uuid,
    /// The points given back.
    amount: Points,
    /// The balance after it; for its owner only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    balance: Option<Points>,
    /// The numbers of the seats that are free again.
    #[schema(example = json!([7]))]
    seats: Vec<u32>,
    /// Its initiator.
    by: RefundedByBody,
    /// The reason that an operator gave for it, or for the cancellation; null for the buyer's own.
    #[schema(required)]
    reason: Option<String>,
    /// The instant of the refund.
    refunded_at: DateTime<Utc>,
}

/// Initiator of a refund.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefundedBy)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum RefundedByBody {
    /// The buyer.
    User,
    /// An operator.
    Operator,
    /// The cancellation of the performance.
    Cancellation,
}

impl From<Refund> for RefundBody {
    fn from(refund: Refund) -> Self {
        Self {
            refund_id: refund.id.uuid(),
            payment_id: refund.payment_id.uuid(),
            amount: refund.amount.into(),
            balance: Some(refund.balance_after.into()),
            seats: refund.seats.into_iter().map(SeatNumber::get).collect(),
            by: match refund.by {
                RefundedBy::User => RefundedByBody::User,
                RefundedBy::Operator => RefundedByBody::Operator,
                RefundedBy::Cancellation => RefundedByBody::Cancellation,
            },
            reason: refund.reason.as_ref().map(Reason::as_str).map(str::to_owned),
            refunded_at: refund.refunded_at,
        }
    }
}

impl RefundBody {
    /// The same for somebody whose balance it is not.
    pub(super) fn of_another(refund: Refund) -> Self {
        Self { balance: None, ..refund.into() }
    }
}

/// State of a payment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentState)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum PaymentStateBody {
    /// The points were taken, the seats are the user's.
    Completed,
    /// Some of the seats were given back.
    PartiallyRefunded,
    /// All of them were.
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
            state: match payment.state() {
                PaymentState::Completed => PaymentStateBody::Completed,
                PaymentState::PartiallyRefunded => PaymentStateBody::PartiallyRefunded,
                PaymentState::Refunded => PaymentStateBody::Refunded,
            },
            paid_at: payment.paid_at,
            refunded_amount: payment.refunded_amount().into(),
            seats: payment.seats.into_iter().map(SeatNumber::get).collect(),
            refunds: payment.refunds.into_iter().map(RefundBody::from).collect(),
        }
    }
}

impl PaymentBody {
    /// The same for somebody whose points they are not: its refunds tell no balance.
    pub(super) fn of_another(payment: Payment) -> Self {
        let refunds = payment.refunds.iter().cloned().map(RefundBody::of_another).collect();
        Self { refunds, ..payment.into() }
    }
}

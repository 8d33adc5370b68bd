//! Giving bought seats back.

use seatline_domain::commands::{RefundError, RefundRequester};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::reservation::ReservationState;
use seatline_domain::seat::SeatSelection;
use serde::Deserialize;

use super::reservation::mine;
use crate::limits::Action;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, lead};

#[derive(Deserialize)]
struct Refund {
    key: String,
    /// One seat; all that are left, if none is named.
    seat: Option<i64>,
}

pub(crate) async fn refund(visit: Visit) -> Answer {
    let Refund { key, seat } = visit.fields().await?;
    let named = seat.map_or_else(|| "all".to_owned(), |seat| seat.to_string());
    let key = IdempotencyKey::parse(&format!("{key} {named}")).map_err(|_| Refusal::Malformed)?;
    let seats = seat.map(|seat| SeatSelection::parse(&[seat])).transpose().map_err(|_| Refusal::Malformed)?;
    visit.admit(Action::Pay, None)?;
    let (user, reservation) = mine(&visit).await?;
    visit.admit(Action::Pay, Some(&user))?;
    let here = format!("/reservations/{}", reservation.id);
    let (ReservationState::Paid { payment_id, .. } | ReservationState::Refunded { payment_id, .. }) =
        reservation.state
    else {
        return Ok(lead(&Notice::NOT_PAYABLE.at(&here), []));
    };
    let refund = &visit.seatline().refund_payment;
    let notice = match refund.execute(user.id, payment_id, seats, RefundRequester::User, Some(key)).await {
        Ok(_) | Err(RefundError::SeatsRefunded(_)) => Notice::REFUNDED,
        Err(RefundError::Closed { .. }) => Notice::REFUND_CLOSED,
        Err(RefundError::TicketUsed { .. }) => Notice::TICKET_USED,
        Err(RefundError::KeyReused(_)) => Notice::AGAIN,
        Err(RefundError::PaymentNotFound | RefundError::SeatNotFound(_)) => return Err(Refusal::NotFound),
        Err(RefundError::Storage(error)) => return Err(error.into()),
    };
    Ok(lead(&notice.at(&here), []))
}

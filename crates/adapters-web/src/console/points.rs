//! Giving points to somebody: seats of theirs back, a credit, or taking some away.

use seatline_domain::commands::{CreditError, RefundError};
use seatline_domain::id::{PaymentId, UserId};
use seatline_domain::point::PointsChange;
use seatline_domain::seat::SeatSelection;
use uuid::Uuid;

use super::parse::{amount, text};
use super::people::{AMOUNT, PAYMENT, REASON, SEATS, page};
use super::staff::Staff;
use super::typed::Typed;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, lead};

/// Refunds the seats of a payment that were chosen; all that are left, if none were.
pub(crate) async fn refund(visit: Visit, staff: Staff) -> Answer {
    let (words, user) = (visit.words, visit.id(UserId::new)?);
    let mut typed = Typed::of(&visit).await?;
    let payment = Uuid::try_parse(typed.value(PAYMENT)).map_err(|_| Refusal::Malformed)?;
    let seats: Vec<i64> = typed.all(SEATS).iter().filter_map(|seat| seat.parse().ok()).collect();
    let seats = match seats.as_slice() {
        [] => None,
        seats => Some(SeatSelection::parse(seats).map_err(|_| Refusal::Malformed)?),
    };
    if let Some(reason) = typed.take(REASON, text(words, typed.value(REASON))) {
        let (key, of) = (Some(typed.idempotency_key()?), (user, PaymentId::new(payment)));
        let refund = &visit.seatline().refund_for_user;
        match refund.execute(staff.operator(), of, seats, reason, key).await {
            Ok(_) => return Ok(lead(&Notice::REFUNDED_FOR.at(&format!("/console/people/{user}")), [])),
            Err(RefundError::PaymentNotFound) => return Err(Refusal::NotFound),
            Err(RefundError::Storage(error)) => return Err(error.into()),
            Err(RefundError::SeatNotFound(_)) => return Err(Refusal::Malformed),
            Err(RefundError::SeatsRefunded(_)) => typed.refuse(REASON, words.text("wrong-refunded")),
            Err(RefundError::Closed { .. } | RefundError::TicketUsed { .. }) => {
                typed.refuse(REASON, words.text("notice-refund-closed"));
            }
            Err(RefundError::KeyReused(_)) => typed.refuse(REASON, words.text("notice-again")),
        }
    }
    page(&visit, staff, user, &typed).await
}

/// Adds points to a wallet, or takes some back.
pub(crate) async fn change(visit: Visit, staff: Staff) -> Answer {
    let (words, user) = (visit.words, visit.id(UserId::new)?);
    let mut typed = Typed::of(&visit).await?;
    let takes = match typed.value("do") {
        "credit" => false,
        "debit" => true,
        _ => return Err(Refusal::Malformed),
    };
    let points = typed.take(AMOUNT, amount(words, typed.value(AMOUNT)));
    let reason = typed.take(REASON, text(words, typed.value(REASON)));
    if let (Some(points), Some(reason)) = (points, reason) {
        let change = if takes { PointsChange::Debit(points) } else { PointsChange::Credit(points) };
        let key = typed.idempotency_key()?;
        let credit = &visit.seatline().credit_points;
        match credit.execute(staff.operator(), user, change, reason, key).await {
            Ok(_) => return Ok(lead(&Notice::POINTS_CHANGED.at(&format!("/console/people/{user}")), [])),
            Err(CreditError::UserNotFound) => return Err(Refusal::NotFound),
            Err(CreditError::Storage(error)) => return Err(error.into()),
            Err(CreditError::Zero | CreditError::TooMuch) => {
                typed.refuse(AMOUNT, words.text("notice-bad-amount"));
            }
            Err(CreditError::WalletFull(_)) => typed.refuse(AMOUNT, words.text("notice-wallet-full")),
            Err(CreditError::InsufficientPoints(_)) => typed.refuse(AMOUNT, words.text("wrong-too-few")),
            Err(CreditError::KeyReused(_)) => typed.refuse(REASON, words.text("notice-again")),
        }
    }
    page(&visit, staff, user, &typed).await
}

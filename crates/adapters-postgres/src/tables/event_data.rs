//! Events' data as JSON: the names and forms of the HTTP contract.

use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::audit::Reason;
use seatline_domain::concert::Performance;
use seatline_domain::event::{EventBody, PaidSeats, Refunded};
use seatline_domain::payment::{PaymentState, Refund, RefundedBy};
use seatline_domain::point::{Amount, LedgerEntry};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::SeatNumber;
use seatline_domain::ticket::{CheckIn, GateName};
use serde_json::{Number, Value, json};

/// The data of an event, as one JSON object.
pub(super) fn data(body: &EventBody) -> String {
    let value = match body {
        EventBody::ReservationHeld(reservation)
        | EventBody::ReservationExpired(reservation)
        | EventBody::ReservationCancelled(reservation) => self::reservation(reservation),
        EventBody::PaymentCompleted(paid) => payment(paid),
        EventBody::PaymentRefunded(refunded) => refund(refunded),
        EventBody::ChargeCompleted(entry) => charge(entry),
        EventBody::PerformanceChanged(performance) | EventBody::PerformanceCancelled(performance) => {
            self::performance(performance)
        }
        EventBody::TicketCheckedIn { concert_id, user_id, check_in } => {
            let mut data = self::check_in(check_in);
            if let Value::Object(data) = &mut data {
                data.insert("concertId".into(), concert_id.to_string().into());
                data.insert("userId".into(), user_id.to_string().into());
            }
            data
        }
    };
    value.to_string()
}

fn instant(at: Timestamp) -> Value {
    serde_json::to_value(at).unwrap_or_default()
}

fn optional_instant(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, instant)
}

/// An amount as a number with at most two decimals: as short as it can be, and exact.
fn amount(amount: Amount) -> Value {
    let decimal: Decimal = amount.decimal().normalize();
    let whole = i64::try_from(decimal).ok().filter(|whole| Decimal::from(*whole) == decimal);
    match whole {
        Some(whole) => whole.into(),
        // Fifteen digits are exact in a double, and no amount has more.
        None => {
            decimal.to_string().parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
        }
    }
}

fn seats(numbers: &[SeatNumber]) -> Vec<u32> {
    numbers.iter().map(|number| number.get()).collect()
}

fn reservation(reservation: &Reservation) -> Value {
    let (state, payment_id) = match reservation.state {
        ReservationState::Held => ("HELD", None),
        ReservationState::Paid { payment_id, .. } => ("PAID", Some(payment_id)),
        ReservationState::Expired { .. } => ("EXPIRED", None),
        ReservationState::Cancelled { .. } => ("CANCELLED", None),
        ReservationState::Refunded { payment_id, .. } => ("REFUNDED", Some(payment_id)),
    };
    let seats: Vec<Value> = reservation
        .seats
        .iter()
        .map(
            |seat| json!({"number": seat.number.get(), "section": seat.section, "price": amount(seat.price)}),
        )
        .collect();
    json!({
        "reservationId": reservation.id.to_string(),
        "userId": reservation.user_id.to_string(),
        "concertId": reservation.concert_id.to_string(),
        "performanceId": reservation.performance_id.to_string(),
        "seats": seats,
        "amount": amount(reservation.amount),
        "state": state,
        "heldAt": instant(reservation.held_at),
        "expiresAt": instant(reservation.expires_at),
        "paymentId": payment_id.map(|id| id.to_string()),
    })
}

fn payment(paid: &PaidSeats) -> Value {
    let payment = &paid.payment;
    let state = match payment.state() {
        PaymentState::Completed => "COMPLETED",
        PaymentState::PartiallyRefunded => "PARTIALLY_REFUNDED",
        PaymentState::Refunded => "REFUNDED",
    };
    json!({
        "paymentId": payment.id.to_string(),
        "reservationId": payment.reservation_id.to_string(),
        "userId": payment.user_id.to_string(),
        "concertId": paid.concert_id.to_string(),
        "performanceId": paid.performance_id.to_string(),
        "amount": amount(payment.amount),
        "refundedAmount": amount(payment.refunded_amount()),
        "state": state,
        "paidAt": instant(payment.paid_at),
        "seats": seats(&payment.seats),
    })
}

fn refund(refunded: &Refunded) -> Value {
    let mut data = payment(&refunded.paid);
    if let Value::Object(data) = &mut data {
        data.insert("refund".into(), one_refund(&refunded.refund));
    }
    data
}

fn one_refund(refund: &Refund) -> Value {
    let by = match refund.by {
        RefundedBy::User => "USER",
        RefundedBy::Operator => "OPERATOR",
        RefundedBy::Cancellation => "CANCELLATION",
    };
    json!({
        "refundId": refund.id.to_string(),
        "amount": amount(refund.amount),
        "seats": seats(&refund.seats),
        "by": by,
        "reason": refund.reason.as_ref().map(Reason::as_str),
        "refundedAt": instant(refund.refunded_at),
    })
}

fn charge(entry: &LedgerEntry) -> Value {
    json!({
        "entryId": entry.id.to_string(),
        "userId": entry.user_id.to_string(),
        "amount": amount(entry.amount),
        "balance": amount(entry.balance_after),
        "chargeId": entry.reference_id.map(|id| id.to_string()),
        "createdAt": instant(entry.created_at),
    })
}

fn performance(performance: &Performance) -> Value {
    let cancellation = performance.cancellation.as_ref();
    json!({
        "performanceId": performance.id.to_string(),
        "concertId": performance.concert_id.to_string(),
        "date": performance.date.to_string(),
        "startsAt": instant(performance.starts_at),
        "salesOpenAt": optional_instant(performance.sales_open_at),
        "salesCloseAt": optional_instant(performance.sales_close_at),
        "refundableUntil": optional_instant(performance.refundable_until),
        "totalSeats": performance.total_seats,
        "priceFrom": amount(performance.price_from),
        "priceTo": amount(performance.price_to),
        "state": if cancellation.is_some() { "CANCELLED" } else { "SCHEDULED" },
        "cancelledAt": optional_instant(cancellation.map(|cancellation| cancellation.at)),
        "reason": cancellation.map(|cancellation| cancellation.reason.as_str()),
    })
}

fn check_in(check_in: &CheckIn) -> Value {
    json!({
        "ticketId": check_in.ticket_id.to_string(),
        "reservationId": check_in.ticket_id.reservation_id.to_string(),
        "performanceId": check_in.performance_id.to_string(),
        "seatNumber": check_in.ticket_id.seat_number.get(),
        "gate": check_in.gate.as_ref().map(GateName::as_str),
        "checkedInAt": instant(check_in.at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_numbers_with_at_most_two_decimals() {
        for (given, told) in [
            ("0", "0"),
            ("100", "100"),
            ("120000.50", "120000.5"),
            ("0.01", "0.01"),
            ("10000000.99", "10000000.99"),
            ("1000000000.00", "1000000000"),
        ] {
            assert_eq!(amount(Amount::parse(given).unwrap()).to_string(), told);
        }
    }
}

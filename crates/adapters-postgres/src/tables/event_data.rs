//! Events' data as JSON: the names and forms of the HTTP contract.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::audit::Reason;
use seatline_domain::concert::Performance;
use seatline_domain::event::{EventBody, PaidSeats, Refunded};
use seatline_domain::id::PaymentId;
use seatline_domain::payment::{PaymentState, RefundedBy};
use seatline_domain::point::{Amount, LedgerEntry};
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::seat::SeatNumber;
use seatline_domain::ticket::{CheckIn, GateName};
use serde::Serialize;
use uuid::Uuid;

/// The data of an event, as one JSON object.
pub(super) fn data(body: &EventBody) -> String {
    let text = match body {
        EventBody::ReservationHeld(reservation)
        | EventBody::ReservationExpired(reservation)
        | EventBody::ReservationCancelled(reservation) => {
            serde_json::to_string(&ReservationData::of(reservation))
        }
        EventBody::PaymentCompleted(paid) => serde_json::to_string(&PaymentData::of(paid)),
        EventBody::PaymentRefunded(refunded) => serde_json::to_string(&PaymentData::refunded(refunded)),
        EventBody::ChargeCompleted(entry) => serde_json::to_string(&ChargeData::of(entry)),
        EventBody::PerformanceChanged(performance) | EventBody::PerformanceCancelled(performance) => {
            serde_json::to_string(&PerformanceData::of(performance))
        }
        EventBody::TicketCheckedIn { concert_id, user_id, check_in } => {
            serde_json::to_string(&CheckInData::of(concert_id.uuid(), user_id.uuid(), check_in))
        }
    };
    // Text keys and finite numbers are all that there is: nothing of it can fail.
    text.unwrap_or_default()
}

/// An amount as a number with at most two decimals: as short as it can be, and exact.
#[derive(Serialize)]
#[serde(untagged)]
enum Points {
    Whole(i64),
    /// Fifteen digits are exact in a double, and no amount has more.
    Parts(f64),
}

impl Points {
    fn of(amount: Amount) -> Self {
        let decimal: Decimal = amount.decimal().normalize();
        let whole = i64::try_from(decimal).ok().filter(|whole| Decimal::from(*whole) == decimal);
        whole.map_or_else(|| Self::Parts(decimal.to_string().parse().unwrap_or(f64::NAN)), Self::Whole)
    }
}

fn seats(numbers: &[SeatNumber]) -> Vec<u32> {
    numbers.iter().map(|number| number.get()).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SeatData<'d> {
    number: u32,
    section: &'d str,
    price: Points,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReservationData<'d> {
    reservation_id: Uuid,
    user_id: Uuid,
    concert_id: Uuid,
    performance_id: Uuid,
    seats: Vec<SeatData<'d>>,
    amount: Points,
    state: &'static str,
    held_at: Timestamp,
    expires_at: Timestamp,
    payment_id: Option<Uuid>,
}

impl<'d> ReservationData<'d> {
    fn of(reservation: &'d Reservation) -> Self {
        let (state, payment_id) = match reservation.state {
            ReservationState::Held => ("HELD", None),
            ReservationState::Paid { payment_id, .. } => ("PAID", Some(payment_id)),
            ReservationState::Expired { .. } => ("EXPIRED", None),
            ReservationState::Cancelled { .. } => ("CANCELLED", None),
            ReservationState::Refunded { payment_id, .. } => ("REFUNDED", Some(payment_id)),
        };
        let seats = reservation.seats.iter().map(|seat| SeatData {
            number: seat.number.get(),
            section: &seat.section,
            price: Points::of(seat.price),
        });
        Self {
            reservation_id: reservation.id.uuid(),
            user_id: reservation.user_id.uuid(),
            concert_id: reservation.concert_id.uuid(),
            performance_id: reservation.performance_id.uuid(),
            seats: seats.collect(),
            amount: Points::of(reservation.amount),
            state,
            held_at: reservation.held_at,
            expires_at: reservation.expires_at,
            payment_id: payment_id.map(PaymentId::uuid),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentData<'d> {
    payment_id: Uuid,
    reservation_id: Uuid,
    user_id: Uuid,
    concert_id: Uuid,
    performance_id: Uuid,
    amount: Points,
    refunded_amount: Points,
    state: &'static str,
    paid_at: Timestamp,
    seats: Vec<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<RefundData<'d>>,
}

impl<'d> PaymentData<'d> {
    fn of(paid: &PaidSeats) -> Self {
        let payment = &paid.payment;
        Self {
            payment_id: payment.id.uuid(),
            reservation_id: payment.reservation_id.uuid(),
            user_id: payment.user_id.uuid(),
            concert_id: paid.concert_id.uuid(),
            performance_id: paid.performance_id.uuid(),
            amount: Points::of(payment.amount),
            refunded_amount: Points::of(payment.refunded_amount()),
            state: match payment.state() {
                PaymentState::Completed => "COMPLETED",
                PaymentState::PartiallyRefunded => "PARTIALLY_REFUNDED",
                PaymentState::Refunded => "REFUNDED",
            },
            paid_at: payment.paid_at,
            seats: seats(&payment.seats),
            refund: None,
        }
    }

    fn refunded(refunded: &'d Refunded) -> Self {
        let refund = &refunded.refund;
        let refund = RefundData {
            refund_id: refund.id.uuid(),
            amount: Points::of(refund.amount),
            seats: seats(&refund.seats),
            by: match refund.by {
                RefundedBy::User => "USER",
                RefundedBy::Operator => "OPERATOR",
                RefundedBy::Cancellation => "CANCELLATION",
            },
            reason: refund.reason.as_ref().map(Reason::as_str),
            refunded_at: refund.refunded_at,
        };
        Self { refund: Some(refund), ..Self::of(&refunded.paid) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefundData<'d> {
    refund_id: Uuid,
    amount: Points,
    seats: Vec<u32>,
    by: &'static str,
    reason: Option<&'d str>,
    refunded_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChargeData {
    entry_id: Uuid,
    user_id: Uuid,
    amount: Points,
    balance: Points,
    charge_id: Option<Uuid>,
    created_at: Timestamp,
}

impl ChargeData {
    fn of(entry: &LedgerEntry) -> Self {
        Self {
            entry_id: entry.id.uuid(),
            user_id: entry.user_id.uuid(),
            amount: Points::of(entry.amount),
            balance: Points::of(entry.balance_after),
            charge_id: entry.reference_id,
            created_at: entry.created_at,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PerformanceData<'d> {
    performance_id: Uuid,
    concert_id: Uuid,
    date: NaiveDate,
    starts_at: Timestamp,
    sales_open_at: Option<Timestamp>,
    sales_close_at: Option<Timestamp>,
    refundable_until: Option<Timestamp>,
    total_seats: u32,
    price_from: Points,
    price_to: Points,
    state: &'static str,
    cancelled_at: Option<Timestamp>,
    reason: Option<&'d str>,
}

impl<'d> PerformanceData<'d> {
    fn of(performance: &'d Performance) -> Self {
        let cancellation = performance.cancellation.as_ref();
        Self {
            performance_id: performance.id.uuid(),
            concert_id: performance.concert_id.uuid(),
            date: performance.date,
            starts_at: performance.starts_at,
            sales_open_at: performance.sales_open_at,
            sales_close_at: performance.sales_close_at,
            refundable_until: performance.refundable_until,
            total_seats: performance.total_seats,
            price_from: Points::of(performance.price_from),
            price_to: Points::of(performance.price_to),
            state: if cancellation.is_some() { "CANCELLED" } else { "SCHEDULED" },
            cancelled_at: cancellation.map(|cancellation| cancellation.at),
            reason: cancellation.map(|cancellation| cancellation.reason.as_str()),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CheckInData<'d> {
    ticket_id: String,
    reservation_id: Uuid,
    performance_id: Uuid,
    concert_id: Uuid,
    user_id: Uuid,
    seat_number: u32,
    gate: Option<&'d str>,
    checked_in_at: Timestamp,
}

impl<'d> CheckInData<'d> {
    fn of(concert_id: Uuid, user_id: Uuid, check_in: &'d CheckIn) -> Self {
        Self {
            ticket_id: check_in.ticket_id.to_string(),
            reservation_id: check_in.ticket_id.reservation_id.uuid(),
            performance_id: check_in.performance_id.uuid(),
            concert_id,
            user_id,
            seat_number: check_in.ticket_id.seat_number.get(),
            gate: check_in.gate.as_ref().map(GateName::as_str),
            checked_in_at: check_in.at,
        }
    }
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
            let points = Points::of(Amount::parse(given).unwrap());
            assert_eq!(serde_json::to_string(&points).unwrap(), told);
        }
    }
}

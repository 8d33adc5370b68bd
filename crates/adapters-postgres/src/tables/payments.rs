use diesel::sql_types::{Array, Integer, Jsonb, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::id::{PaymentId, ReservationId, UserId};
use seatline_domain::payment::{Payment, PaymentState};
use seatline_domain::reservation::ReservationState;
use seatline_domain::working_set::{Footprint, LoadedReservations, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::CorruptRow;
use super::corrupt_row::{amount, seat_number, seat_number_of};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

/// `user_id`, `payment_id`, `reservation_id`, `amount`, `balance_after`, `state`, `paid_at`, `seat_numbers`.
pub(crate) type PaymentRow = (Uuid, Uuid, Uuid, Decimal, Decimal, String, Timestamp, Vec<i32>);

statement! {
    /// Payments of users by reservation.
    PaymentsByReservation {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        reservation_ids: Vec<Uuid> => Array<SqlUuid>,
    } -> PaymentRow = (SqlUuid, SqlUuid, SqlUuid, Numeric, Numeric, Text, Timestamptz, Array<Integer>);
    "SELECT payment.user_id, payment.payment_id, payment.reservation_id, payment.amount, payment.balance_after,
            payment.state, payment.paid_at, payment.seat_numbers
     FROM unnest(?, ?) AS named(user_id, reservation_id)
     JOIN payments AS payment ON payment.user_id = named.user_id AND payment.reservation_id = named.reservation_id"
}

statement! {
    /// Payments of users by id.
    PaymentsById {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        payment_ids: Vec<Uuid> => Array<SqlUuid>,
    } -> PaymentRow = (SqlUuid, SqlUuid, SqlUuid, Numeric, Numeric, Text, Timestamptz, Array<Integer>);
    "SELECT payment.user_id, payment.payment_id, payment.reservation_id, payment.amount, payment.balance_after,
            payment.state, payment.paid_at, payment.seat_numbers
     FROM unnest(?, ?) AS named(user_id, payment_id)
     JOIN payments AS payment ON payment.user_id = named.user_id AND payment.payment_id = named.payment_id"
}

statement! {
    /// Adds a payment. `seat_numbers` is a list, and lists of lists cannot be unnested: they come as JSON.
    InsertPayments {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        payment_ids: Vec<Uuid> => Array<SqlUuid>,
        reservation_ids: Vec<Uuid> => Array<SqlUuid>,
        amounts: Vec<Decimal> => Array<Numeric>,
        balances_after: Vec<Decimal> => Array<Numeric>,
        states: Vec<&'static str> => Array<Text>,
        paid_at: Vec<Timestamp> => Array<Timestamptz>,
        seat_numbers: Vec<serde_json::Value> => Array<Jsonb>,
    };
    "INSERT INTO payments (user_id, payment_id, reservation_id, amount, balance_after, state, paid_at, seat_numbers)
     SELECT new.user_id, new.payment_id, new.reservation_id, new.amount, new.balance_after, new.state, new.paid_at,
            ARRAY(SELECT number::integer FROM jsonb_array_elements_text(new.seat_numbers) AS seat(number))
     FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
          AS new(user_id, payment_id, reservation_id, amount, balance_after, state, paid_at, seat_numbers)"
}

/// A payment from its row.
pub(crate) fn payment(row: PaymentRow) -> Result<Payment, CorruptRow> {
    let (user_id, id, reservation_id, total, balance_after, state, paid_at, seats) = row;
    let state = match state.as_str() {
        "COMPLETED" => PaymentState::Completed,
        "REFUNDED" => PaymentState::Refunded,
        _ => return Err(CorruptRow::wrong("state of a payment", state)),
    };
    Ok(Payment {
        id: PaymentId::new(id),
        reservation_id: ReservationId::new(reservation_id),
        user_id: UserId::new(user_id),
        amount: amount("amount of a payment", total)?,
        balance_after: amount("balance after a payment", balance_after)?,
        state,
        paid_at,
        seats: seats.into_iter().map(seat_number_of).collect::<Result<_, _>>()?,
    })
}

const fn state_column(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Completed => "COMPLETED",
        PaymentState::Refunded => "REFUNDED",
    }
}

/// Reads the payments of the reservations that were locked and found paid.
pub(super) async fn load(
    lease: &Lease,
    footprint: &Footprint,
    reservations: &LoadedReservations,
    payments: &mut TrackedRows<ReservationId, Payment>,
) -> Result<(), Failure> {
    let paid = |id: &ReservationId| {
        let state = reservations.get(*id).map(|reservation| reservation.state);
        matches!(state, Some(ReservationState::Paid { .. } | ReservationState::Refunded { .. }))
    };
    let (user_ids, reservation_ids): (Vec<Uuid>, Vec<Uuid>) = footprint
        .reservations
        .iter()
        .filter(|(_, id)| paid(id))
        .map(|(user_id, id)| (user_id.uuid(), id.uuid()))
        .unzip();
    if user_ids.is_empty() {
        return Ok(());
    }
    for row in lease.load(PaymentsByReservation { user_ids, reservation_ids }).await? {
        let payment = payment(row)?;
        payments.load(payment.reservation_id, payment);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let added: Vec<&Payment> = set.payments.added().collect();
    if added.is_empty() {
        return Ok(());
    }
    let seat_numbers = |payment: &&Payment| payment.seats.iter().map(|seat| seat_number(*seat)).collect();
    let insert = InsertPayments {
        user_ids: added.iter().map(|payment| payment.user_id.uuid()).collect(),
        payment_ids: added.iter().map(|payment| payment.id.uuid()).collect(),
        reservation_ids: added.iter().map(|payment| payment.reservation_id.uuid()).collect(),
        amounts: added.iter().map(|payment| payment.amount.decimal()).collect(),
        balances_after: added.iter().map(|payment| payment.balance_after.decimal()).collect(),
        states: added.iter().map(|payment| state_column(payment.state)).collect(),
        paid_at: added.iter().map(|payment| payment.paid_at).collect(),
        seat_numbers: added.iter().map(seat_numbers).collect(),
    };
    lease.execute(insert).await?;
    Ok(())
}

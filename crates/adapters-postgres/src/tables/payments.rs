use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::id::{PaymentId, ReservationId, UserId};
use seatline_domain::payment::{Payment, PaymentState, Refund};
use seatline_domain::reservation::ReservationState;
use seatline_domain::working_set::{Footprint, LoadedReservations, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::CorruptRow;
use super::columns::{amount, integer, seat_number};
use super::refunds::{FindRefunds, RefundRow, by_payment};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

row! {
    /// A payment.
    PaymentRow as payment_columns {
        user_id: Uuid => SqlUuid,
        payment_id: Uuid => SqlUuid,
        reservation_id: Uuid => SqlUuid,
        amount: Decimal => Numeric,
        balance_after: Decimal => Numeric,
        state: String => Text,
        paid_at: Timestamp => Timestamptz,
        seat_numbers: Vec<i32> => Array<Integer>,
    }
}

statement! {
    /// Reads payments of users by reservation.
    FindPaymentsOfReservations {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
    } -> PaymentRow;
    "SELECT ", payment_columns!(payment), "
     FROM ", arrays!(named: user_id, reservation_id), "
     JOIN payments AS payment ON payment.user_id = named.user_id AND payment.reservation_id = named.reservation_id"
}

statement! {
    /// Reads payments of users by id.
    FindPayments {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        payment_id: Vec<Uuid> => Array<SqlUuid>,
    } -> PaymentRow;
    "SELECT ", payment_columns!(payment), "
     FROM ", arrays!(named: user_id, payment_id), "
     JOIN payments AS payment ON payment.user_id = named.user_id AND payment.payment_id = named.payment_id"
}

statement! {
    /// Reads one page of a user's payments, newest first: those before one of them, or before the highest id.
    FindPaymentsBefore {
        user_id: Uuid => SqlUuid,
        before: Uuid => SqlUuid,
        limit: i64 => BigInt,
    } -> PaymentRow;
    "WITH page AS (SELECT ? AS user_id, ? AS before)
     SELECT ", payment_columns!(own), "
     FROM page
     LEFT JOIN payments AS last ON last.user_id = page.user_id AND last.payment_id = page.before
     CROSS JOIN LATERAL (
         SELECT * FROM payments AS one
         WHERE one.user_id = page.user_id
           AND (one.paid_at, one.payment_id) < (coalesce(last.paid_at, 'infinity'), page.before)
         ORDER BY one.paid_at DESC, one.payment_id DESC LIMIT ?
     ) AS own
     ORDER BY own.paid_at DESC, own.payment_id DESC"
}

statement! {
    /// Adds payments. `seat_numbers` is a list, and lists of lists cannot be unnested: they come as JSON.
    InsertPayments {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        payment_id: Vec<Uuid> => Array<SqlUuid>,
        reservation_id: Vec<Uuid> => Array<SqlUuid>,
        amount: Vec<Decimal> => Array<Numeric>,
        balance_after: Vec<Decimal> => Array<Numeric>,
        state: Vec<&'static str> => Array<Text>,
        paid_at: Vec<Timestamp> => Array<Timestamptz>,
        seat_numbers: Vec<serde_json::Value> => Array<Jsonb>,
    };
    "INSERT INTO payments (", payment_columns!(), ")
     SELECT new.user_id, new.payment_id, new.reservation_id, new.amount, new.balance_after, new.state, new.paid_at,
            ARRAY(SELECT number::integer FROM jsonb_array_elements_text(new.seat_numbers) AS seat(number))
     FROM (SELECT ", payment_columns!(unnest), ") AS new"
}

statement! {
    /// Writes the states of refunded payments.
    UpdatePayments {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        payment_id: Vec<Uuid> => Array<SqlUuid>,
        state: Vec<&'static str> => Array<Text>,
    };
    "UPDATE payments AS payment SET state = new.state
     FROM ", arrays!(new: user_id, payment_id, state), "
     WHERE payment.user_id = new.user_id AND payment.payment_id = new.payment_id"
}

/// The statement that reads the refunds of those payments that have any; none when none has.
pub(crate) fn refunds_of(payments: &[PaymentRow]) -> Option<FindRefunds> {
    let refunded = payments.iter().filter(|row| row.state != "COMPLETED");
    let (user_id, payment_id): (Vec<_>, Vec<_>) = refunded.map(|row| (row.user_id, row.payment_id)).unzip();
    (!user_id.is_empty()).then_some(FindRefunds { user_id, payment_id })
}

/// Puts payments together from their rows and those of their refunds.
pub(crate) fn assemble(rows: Vec<PaymentRow>, refunds: Vec<RefundRow>) -> Result<Vec<Payment>, CorruptRow> {
    let mut refunds = by_payment(refunds)?;
    let with_refunds = |row: PaymentRow| {
        let refunds = refunds.remove(&row.payment_id).unwrap_or_default();
        payment(row, refunds)
    };
    rows.into_iter().map(with_refunds).collect()
}

/// What the seats say of its state counts, not the column, which is for those who search.
fn payment(row: PaymentRow, refunds: Vec<Refund>) -> Result<Payment, CorruptRow> {
    if !matches!(row.state.as_str(), "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED") {
        return Err(CorruptRow::new("state of a payment", row.state));
    }
    Ok(Payment {
        id: PaymentId::new(row.payment_id),
        reservation_id: ReservationId::new(row.reservation_id),
        user_id: UserId::new(row.user_id),
        amount: amount("amount of a payment", row.amount)?,
        balance_after: amount("balance after a payment", row.balance_after)?,
        paid_at: row.paid_at,
        seats: row.seat_numbers.into_iter().map(seat_number).collect::<Result<_, _>>()?,
        refunds,
    })
}

const fn state_column(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Completed => "COMPLETED",
        PaymentState::PartiallyRefunded => "PARTIALLY_REFUNDED",
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
    let (user_id, reservation_id): (Vec<Uuid>, Vec<Uuid>) = footprint
        .reservations
        .iter()
        .filter(|(_, id)| paid(id))
        .map(|(user_id, id)| (user_id.uuid(), id.uuid()))
        .unzip();
    if user_id.is_empty() {
        return Ok(());
    }
    let rows = lease.load(FindPaymentsOfReservations { user_id, reservation_id }).await?;
    for payment in with_refunds(lease, rows).await? {
        payments.load(payment.reservation_id, payment);
    }
    Ok(())
}

/// Reads the refunds of payments, if any has one, and puts them together.
pub(super) async fn with_refunds(lease: &Lease, rows: Vec<PaymentRow>) -> Result<Vec<Payment>, Failure> {
    let refunds = match refunds_of(&rows) {
        Some(find) => lease.load(find).await?,
        None => Vec::new(),
    };
    Ok(assemble(rows, refunds)?)
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let changed: Vec<&Payment> = set.payments.changed().collect();
    if !changed.is_empty() {
        let update = UpdatePayments {
            user_id: changed.iter().map(|payment| payment.user_id.uuid()).collect(),
            payment_id: changed.iter().map(|payment| payment.id.uuid()).collect(),
            state: changed.iter().map(|payment| state_column(payment.state())).collect(),
        };
        lease.execute(update).await?;
    }
    let added: Vec<&Payment> = set.payments.added().collect();
    if added.is_empty() {
        return Ok(());
    }
    let seat_numbers = |payment: &&Payment| payment.seats.iter().map(|seat| integer(seat.get())).collect();
    let insert = InsertPayments {
        user_id: added.iter().map(|payment| payment.user_id.uuid()).collect(),
        payment_id: added.iter().map(|payment| payment.id.uuid()).collect(),
        reservation_id: added.iter().map(|payment| payment.reservation_id.uuid()).collect(),
        amount: added.iter().map(|payment| payment.amount.decimal()).collect(),
        balance_after: added.iter().map(|payment| payment.balance_after.decimal()).collect(),
        state: added.iter().map(|payment| state_column(payment.state())).collect(),
        paid_at: added.iter().map(|payment| payment.paid_at).collect(),
        seat_numbers: added.iter().map(seat_numbers).collect(),
    };
    lease.execute(insert).await?;
    Ok(())
}

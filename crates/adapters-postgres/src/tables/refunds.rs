use std::collections::HashMap;

use diesel::sql_types::{Array, Integer, Jsonb, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::audit::Reason;
use seatline_domain::id::{LedgerEntryId, PaymentId, RefundId};
use seatline_domain::payment::{Payment, Refund, RefundedBy};
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

use super::CorruptRow;
use super::columns::{amount, integer, seat_number};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

row! {
    /// A refund.
    RefundRow as refund_columns {
        payment_id: Uuid => SqlUuid,
        refund_id: Uuid => SqlUuid,
        entry_id: Uuid => SqlUuid,
        amount: Decimal => Numeric,
        balance_after: Decimal => Numeric,
        refunded_by: String => Text,
        reason: Option<String> => Nullable<Text>,
        refunded_at: Timestamp => Timestamptz,
        seat_numbers: Vec<i32> => Array<Integer>,
    }
}

statement! {
    /// Reads the refunds of payments, those of each in their order.
    FindRefunds {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        payment_id: Vec<Uuid> => Array<SqlUuid>,
    } -> RefundRow;
    "SELECT ", refund_columns!(refund), "
     FROM ", arrays!(named: user_id, payment_id), "
     JOIN refunds AS refund ON refund.user_id = named.user_id AND refund.payment_id = named.payment_id
     ORDER BY refund.user_id, refund.payment_id, refund.sequence"
}

statement! {
    /// Adds refunds. Their seats come as JSON, like those of payments.
    InsertRefunds {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        sequence: Vec<i32> => Array<Integer>,
        performance_id: Vec<Uuid> => Array<SqlUuid>,
        payment_id: Vec<Uuid> => Array<SqlUuid>,
        refund_id: Vec<Uuid> => Array<SqlUuid>,
        entry_id: Vec<Uuid> => Array<SqlUuid>,
        amount: Vec<Decimal> => Array<Numeric>,
        balance_after: Vec<Decimal> => Array<Numeric>,
        refunded_by: Vec<&'static str> => Array<Text>,
        reason: Vec<Option<String>> => Array<Nullable<Text>>,
        refunded_at: Vec<Timestamp> => Array<Timestamptz>,
        seat_numbers: Vec<serde_json::Value> => Array<Jsonb>,
    };
    "INSERT INTO refunds (user_id, sequence, performance_id, ", refund_columns!(), ")
     SELECT new.user_id, new.sequence, new.performance_id, new.payment_id, new.refund_id, new.entry_id, new.amount,
            new.balance_after, new.refunded_by, new.reason, new.refunded_at,
            ARRAY(SELECT number::integer FROM jsonb_array_elements_text(new.seat_numbers) AS seat(number))
     FROM (SELECT unnest(?) AS user_id, unnest(?) AS sequence, unnest(?) AS performance_id, ", refund_columns!(unnest), ") AS new"
}

impl TryFrom<RefundRow> for Refund {
    type Error = CorruptRow;

    fn try_from(row: RefundRow) -> Result<Self, CorruptRow> {
        let by = match row.refunded_by.as_str() {
            "USER" => RefundedBy::User,
            "OPERATOR" => RefundedBy::Operator,
            "CANCELLATION" => RefundedBy::Cancellation,
            _ => return Err(CorruptRow::new("initiator of a refund", row.refunded_by)),
        };
        let reason = row
            .reason
            .map(|text| Reason::restore(&text).map_err(|_| CorruptRow::new("reason of a refund", text)));
        Ok(Self {
            id: RefundId::new(row.refund_id),
            payment_id: PaymentId::new(row.payment_id),
            entry_id: LedgerEntryId::new(row.entry_id),
            amount: amount("amount of a refund", row.amount)?,
            balance_after: amount("balance after a refund", row.balance_after)?,
            seats: row.seat_numbers.into_iter().map(seat_number).collect::<Result<_, _>>()?,
            by,
            reason: reason.transpose()?,
            refunded_at: row.refunded_at,
        })
    }
}

const fn by_column(by: RefundedBy) -> &'static str {
    match by {
        RefundedBy::User => "USER",
        RefundedBy::Operator => "OPERATOR",
        RefundedBy::Cancellation => "CANCELLATION",
    }
}

/// Refunds by payment, each payment's in their order.
pub(super) fn by_payment(rows: Vec<RefundRow>) -> Result<HashMap<Uuid, Vec<Refund>>, CorruptRow> {
    let mut refunds: HashMap<Uuid, Vec<Refund>> = HashMap::new();
    for row in rows {
        refunds.entry(row.payment_id).or_default().push(row.try_into()?);
    }
    Ok(refunds)
}

/// Adds the refunds that payments have now and had not when they were loaded.
pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    if set.payments.changed().next().is_none() {
        return Ok(());
    }
    // Few batches have any: none is to carry the room for it.
    Box::pin(insert(lease, set)).await
}

async fn insert(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let mut insert = InsertRefunds {
        user_id: Vec::new(),
        payment_id: Vec::new(),
        sequence: Vec::new(),
        refund_id: Vec::new(),
        entry_id: Vec::new(),
        performance_id: Vec::new(),
        amount: Vec::new(),
        balance_after: Vec::new(),
        refunded_by: Vec::new(),
        reason: Vec::new(),
        refunded_at: Vec::new(),
        seat_numbers: Vec::new(),
    };
    for (before, after) in set.payments.changes() {
        let Some(reservation) = set.reservations.get(after.reservation_id) else {
            return Err(Failure::Broken("a payment was refunded without its reservation".into()));
        };
        for (sequence, refund) in (1..).zip(&after.refunds).skip(before.refunds.len()) {
            insert.push(after, sequence, refund, reservation.performance_id.uuid());
        }
    }
    if !insert.user_id.is_empty() {
        lease.execute(insert).await?;
    }
    Ok(())
}

impl InsertRefunds {
    fn push(&mut self, payment: &Payment, sequence: u32, refund: &Refund, performance_id: Uuid) {
        self.user_id.push(payment.user_id.uuid());
        self.payment_id.push(payment.id.uuid());
        self.sequence.push(integer(sequence));
        self.refund_id.push(refund.id.uuid());
        self.entry_id.push(refund.entry_id.uuid());
        self.performance_id.push(performance_id);
        self.amount.push(refund.amount.decimal());
        self.balance_after.push(refund.balance_after.decimal());
        self.refunded_by.push(by_column(refund.by));
        self.reason.push(refund.reason.as_ref().map(|reason| reason.as_str().to_owned()));
        self.refunded_at.push(refund.refunded_at);
        self.seat_numbers.push(refund.seats.iter().map(|seat| integer(seat.get())).collect());
    }
}

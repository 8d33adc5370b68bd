use std::collections::HashMap;

use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::UserId;
use seatline_domain::idempotency::{Fingerprint, IdempotencyKey, Outcome, Recorded, expiry_cutoff};
use seatline_domain::payment::Payment;
use seatline_domain::point::LedgerEntry;
use seatline_domain::reservation::Reservation;
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::ledger_entries::FindCharges;
use super::payments::FindPayments;
use super::reservations::{FindReservations, assemble, seats_of};
use super::{CorruptRow, clock};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{row, statement};

row! {
    /// The record of an idempotency key.
    KeyRow as key_columns {
        user_id: Uuid => SqlUuid,
        key: String => Text,
        fingerprint: String => Text,
        operation: String => Text,
        reference_id: Uuid => SqlUuid,
        created: bool => Bool,
        recorded_at: Timestamp => Timestamptz,
    }
}

statement! {
    /// Reads the records of keys.
    FindKeys {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        key: Vec<String> => Array<Text>,
    } -> KeyRow;
    "SELECT ", key_columns!(recorded), "
     FROM unnest(?, ?) AS named(user_id, key)
     JOIN idempotency_keys AS recorded ON recorded.user_id = named.user_id AND recorded.key = named.key"
}

statement! {
    /// Records what keys did. An expired record of the same key is replaced, any other is left alone.
    InsertKeys {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        key: Vec<String> => Array<Text>,
        fingerprint: Vec<String> => Array<Text>,
        operation: Vec<&'static str> => Array<Text>,
        reference_id: Vec<Uuid> => Array<SqlUuid>,
        created: Vec<bool> => Array<Bool>,
        recorded_at: Vec<Timestamp> => Array<Timestamptz>,
        expired_at: Timestamp => Timestamptz,
    };
    "INSERT INTO idempotency_keys AS recorded (", key_columns!(), ")
     SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, key) DO UPDATE
     SET fingerprint = excluded.fingerprint, operation = excluded.operation, reference_id = excluded.reference_id,
         created = excluded.created, recorded_at = excluded.recorded_at
     WHERE recorded.recorded_at <= ?"
}

statement! {
    /// Removes records of a certain age, the oldest first. Passes over rows that others have locked.
    DeleteExpiredKeys {
        expired_at: Timestamp => Timestamptz,
        limit: i64 => BigInt,
    };
    "DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM idempotency_keys WHERE recorded_at <= ?
         ORDER BY recorded_at LIMIT ? FOR UPDATE SKIP LOCKED))"
}

/// Reads what the keys of a batch did before: the things as they stand now.
pub(super) async fn load(
    lease: &Lease,
    footprint: &Footprint,
    keys: &mut TrackedRows<(UserId, IdempotencyKey), Recorded>,
) -> Result<(), Failure> {
    if footprint.keys.is_empty() {
        return Ok(());
    }
    let statement = FindKeys {
        user_id: footprint.keys.iter().map(|(user_id, _)| user_id.uuid()).collect(),
        key: footprint.keys.iter().map(|(_, key)| key.as_str().to_owned()).collect(),
    };
    let rows = lease.load(statement).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut outcomes = charges(lease, &rows).await?;
    outcomes.extend(holds(lease, &rows).await?);
    outcomes.extend(payments(lease, &rows).await?);
    for row in rows {
        let outcome = outcomes.get(&row.reference_id).cloned();
        let outcome =
            outcome.ok_or_else(|| CorruptRow::new("effect of an idempotency key", row.reference_id))?;
        let recorded = Recorded {
            fingerprint: Fingerprint::new(row.fingerprint),
            outcome: answered(outcome, row.created),
            recorded_at: row.recorded_at,
        };
        let key = IdempotencyKey::parse(&row.key).map_err(|_| CorruptRow::new("idempotency key", row.key))?;
        keys.load((UserId::new(row.user_id), key), recorded);
    }
    Ok(())
}

/// The user and the effect of each key of one operation.
fn of_operation(rows: &[KeyRow], operation: &str) -> (Vec<Uuid>, Vec<Uuid>) {
    rows.iter().filter(|row| row.operation == operation).map(|row| (row.user_id, row.reference_id)).unzip()
}

/// The outcome as this key got it: several keys may have found the same thing, of which one made it.
fn answered(outcome: Outcome, created: bool) -> Outcome {
    match outcome {
        Outcome::Held { reservation, .. } => Outcome::Held { reservation, created },
        Outcome::Paid { payment, .. } => Outcome::Paid { payment, created },
        charged @ Outcome::Charged(_) => charged,
    }
}

async fn charges(lease: &Lease, rows: &[KeyRow]) -> Result<HashMap<Uuid, Outcome>, Failure> {
    let (user_id, entry_id) = of_operation(rows, "CHARGE");
    if user_id.is_empty() {
        return Ok(HashMap::new());
    }
    let mut outcomes = HashMap::new();
    for row in lease.load(FindCharges { user_id, entry_id }).await? {
        let entry = LedgerEntry::try_from(row)?;
        outcomes.insert(entry.id.uuid(), Outcome::Charged(entry));
    }
    Ok(outcomes)
}

async fn holds(lease: &Lease, rows: &[KeyRow]) -> Result<HashMap<Uuid, Outcome>, Failure> {
    let (user_id, reservation_id) = of_operation(rows, "HOLD");
    if user_id.is_empty() {
        return Ok(HashMap::new());
    }
    let reservations = lease.load(FindReservations { user_id, reservation_id }).await?;
    let seats = lease.load(seats_of(&reservations)).await?;
    let outcome =
        |reservation: Reservation| (reservation.id.uuid(), Outcome::Held { reservation, created: true });
    Ok(assemble(reservations, seats)?.into_iter().map(outcome).collect())
}

async fn payments(lease: &Lease, rows: &[KeyRow]) -> Result<HashMap<Uuid, Outcome>, Failure> {
    let (user_id, payment_id) = of_operation(rows, "PAY");
    if user_id.is_empty() {
        return Ok(HashMap::new());
    }
    let mut outcomes = HashMap::new();
    for row in lease.load(FindPayments { user_id, payment_id }).await? {
        let payment = Payment::try_from(row)?;
        outcomes.insert(payment.id.uuid(), Outcome::Paid { payment, created: true });
    }
    Ok(outcomes)
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet, now: Timestamp) -> Result<(), Failure> {
    let mut insert = InsertKeys {
        user_id: Vec::new(),
        key: Vec::new(),
        fingerprint: Vec::new(),
        operation: Vec::new(),
        reference_id: Vec::new(),
        created: Vec::new(),
        recorded_at: Vec::new(),
        expired_at: expiry_cutoff(now),
    };
    for ((user_id, key), recorded) in set.keys.added_with_keys() {
        let (operation, reference_id, created) = match &recorded.outcome {
            Outcome::Charged(entry) => ("CHARGE", entry.id.uuid(), true),
            Outcome::Held { reservation, created } => ("HOLD", reservation.id.uuid(), *created),
            Outcome::Paid { payment, created } => ("PAY", payment.id.uuid(), *created),
        };
        insert.user_id.push(user_id.uuid());
        insert.key.push(key.as_str().to_owned());
        insert.fingerprint.push(recorded.fingerprint.as_str().to_owned());
        insert.operation.push(operation);
        insert.reference_id.push(reference_id);
        insert.created.push(created);
        insert.recorded_at.push(recorded.recorded_at);
    }
    let keys = insert.user_id.len();
    if keys > 0 && lease.execute(insert).await? < keys {
        return Err(Failure::Contention("somebody else has just used the same idempotency key".into()));
    }
    Ok(())
}

/// Removes the oldest records that have expired, at most `limit`. Gives their number.
pub(crate) async fn delete_expired(lease: &Lease, limit: u16) -> Result<usize, Failure> {
    let expired_at = expiry_cutoff(clock(lease).await?);
    lease.execute(DeleteExpiredKeys { expired_at, limit: limit.into() }).await
}

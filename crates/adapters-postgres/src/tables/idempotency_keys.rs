use std::collections::HashMap;

use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::UserId;
use seatline_domain::idempotency::{Fingerprint, IdempotencyKey, Outcome, Recorded, expiry_cutoff};
use seatline_domain::payment::PaymentState;
use seatline_domain::reservation::{Reservation, ReservationState};
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::ledger_entries::{ChargesById, ledger_entry};
use super::payments::{PaymentsById, payment};
use super::reservations::{ReservationsByUser, assemble, seats_of};
use super::{CorruptRow, clock};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

/// `user_id`, `key`, `fingerprint`, `operation`, `reference_id`, `created`, `recorded_at`.
type KeyRow = (Uuid, String, String, String, Uuid, bool, Timestamp);

statement! {
    /// What keys did.
    Keys {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        keys: Vec<String> => Array<Text>,
    } -> KeyRow = (SqlUuid, Text, Text, Text, SqlUuid, Bool, Timestamptz);
    "SELECT recorded.user_id, recorded.key, recorded.fingerprint, recorded.operation, recorded.reference_id,
            recorded.created, recorded.recorded_at
     FROM unnest(?, ?) AS named(user_id, key)
     JOIN idempotency_keys AS recorded ON recorded.user_id = named.user_id AND recorded.key = named.key"
}

statement! {
    /// Records what keys did; a lapsed record of the same key is replaced, any other is left alone.
    InsertKeys {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        keys: Vec<String> => Array<Text>,
        fingerprints: Vec<String> => Array<Text>,
        operations: Vec<&'static str> => Array<Text>,
        reference_ids: Vec<Uuid> => Array<SqlUuid>,
        created: Vec<bool> => Array<Bool>,
        recorded_at: Vec<Timestamp> => Array<Timestamptz>,
        lapsed_at: Timestamp => Timestamptz,
    };
    "INSERT INTO idempotency_keys AS recorded
            (user_id, key, fingerprint, operation, reference_id, created, recorded_at)
     SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, key) DO UPDATE
     SET fingerprint = excluded.fingerprint, operation = excluded.operation, reference_id = excluded.reference_id,
         created = excluded.created, recorded_at = excluded.recorded_at
     WHERE recorded.recorded_at <= ?"
}

statement! {
    /// Removes some records that are so old, those first that are oldest. Passes over rows that others have locked.
    DeleteLapsedKeys {
        lapsed_at: Timestamp => Timestamptz,
        limit: i64 => BigInt,
    };
    "DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM idempotency_keys WHERE recorded_at <= ?
         ORDER BY recorded_at LIMIT ? FOR UPDATE SKIP LOCKED))"
}

/// Reads what the keys of a batch did before, with the answers that they got.
pub(super) async fn load(
    lease: &Lease,
    footprint: &Footprint,
    keys: &mut TrackedRows<(UserId, IdempotencyKey), Recorded>,
) -> Result<(), Failure> {
    if footprint.keys.is_empty() {
        return Ok(());
    }
    let statement = Keys {
        user_ids: footprint.keys.iter().map(|(user_id, _)| user_id.uuid()).collect(),
        keys: footprint.keys.iter().map(|(_, key)| key.as_str().to_owned()).collect(),
    };
    let rows = lease.load(statement).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut outcomes = charges(lease, &rows).await?;
    outcomes.extend(holds(lease, &rows).await?);
    outcomes.extend(payments(lease, &rows).await?);
    for (user_id, key, fingerprint, _, reference_id, created, recorded_at) in rows {
        let outcome = outcomes.get(&reference_id).cloned();
        let outcome =
            outcome.ok_or_else(|| CorruptRow::wrong("effect of an idempotency key", reference_id))?;
        let outcome = answered(outcome, created);
        let key = IdempotencyKey::parse(&key).map_err(|_| CorruptRow::wrong("idempotency key", key))?;
        let recorded = Recorded { fingerprint: Fingerprint::new(fingerprint), outcome, recorded_at };
        keys.load((UserId::new(user_id), key), recorded);
    }
    Ok(())
}

/// The user and the effect of each key of one operation.
fn of_operation(rows: &[KeyRow], operation: &str) -> (Vec<Uuid>, Vec<Uuid>) {
    rows.iter().filter(|row| row.3 == operation).map(|row| (row.0, row.4)).unzip()
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
    let (user_ids, entry_ids) = of_operation(rows, "CHARGE");
    if user_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut outcomes = HashMap::new();
    for row in lease.load(ChargesById { user_ids, entry_ids }).await? {
        let entry = ledger_entry(row)?;
        outcomes.insert(entry.id.uuid(), Outcome::Charged(entry));
    }
    Ok(outcomes)
}

async fn holds(lease: &Lease, rows: &[KeyRow]) -> Result<HashMap<Uuid, Outcome>, Failure> {
    let (user_ids, reservation_ids) = of_operation(rows, "HOLD");
    if user_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let reservations = lease.load(ReservationsByUser { user_ids, reservation_ids }).await?;
    let seats = lease.load(seats_of(&reservations)).await?;
    let as_answered = |reservation| Reservation { state: ReservationState::Held, ..reservation };
    let outcome = |reservation: Reservation| {
        let id = reservation.id.uuid();
        (id, Outcome::Held { reservation: as_answered(reservation), created: true })
    };
    Ok(assemble(reservations, seats)?.into_iter().map(outcome).collect())
}

async fn payments(lease: &Lease, rows: &[KeyRow]) -> Result<HashMap<Uuid, Outcome>, Failure> {
    let (user_ids, payment_ids) = of_operation(rows, "PAY");
    if user_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut outcomes = HashMap::new();
    for row in lease.load(PaymentsById { user_ids, payment_ids }).await? {
        let mut payment = payment(row)?;
        payment.state = PaymentState::Completed;
        outcomes.insert(payment.id.uuid(), Outcome::Paid { payment, created: true });
    }
    Ok(outcomes)
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet, now: Timestamp) -> Result<(), Failure> {
    let mut insert = InsertKeys {
        user_ids: Vec::new(),
        keys: Vec::new(),
        fingerprints: Vec::new(),
        operations: Vec::new(),
        reference_ids: Vec::new(),
        created: Vec::new(),
        recorded_at: Vec::new(),
        lapsed_at: expiry_cutoff(now),
    };
    for ((user_id, key), recorded) in set.keys.added_with_keys() {
        let (operation, reference_id, created) = match &recorded.outcome {
            Outcome::Charged(entry) => ("CHARGE", entry.id.uuid(), true),
            Outcome::Held { reservation, created } => ("HOLD", reservation.id.uuid(), *created),
            Outcome::Paid { payment, created } => ("PAY", payment.id.uuid(), *created),
        };
        insert.user_ids.push(user_id.uuid());
        insert.keys.push(key.as_str().to_owned());
        insert.fingerprints.push(recorded.fingerprint.as_str().to_owned());
        insert.operations.push(operation);
        insert.reference_ids.push(reference_id);
        insert.created.push(created);
        insert.recorded_at.push(recorded.recorded_at);
    }
    let keys = insert.user_ids.len();
    if keys > 0 && lease.execute(insert).await? < keys {
        return Err(Failure::Contention("somebody else has just used the same idempotency key".into()));
    }
    Ok(())
}

/// Removes the oldest records that have lapsed by now, at most so many; says how many.
pub(crate) async fn delete_expired(lease: &Lease, limit: u16) -> Result<usize, Failure> {
    let lapsed_at = expiry_cutoff(clock(lease).await?);
    lease.execute(DeleteLapsedKeys { lapsed_at, limit: limit.into() }).await
}

use std::collections::HashMap;

use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::{
    ChargeId, CheckInId, ConcertId, EventId, PerformanceId, RefundId, ReservationId, WebhookId,
};
use seatline_domain::idempotency::{Fingerprint, IdempotencyKey, KeyOwner, Outcome, Recorded, expiry_cutoff};
use seatline_domain::operator_key::OperatorKey;
use seatline_domain::payment::Payment;
use seatline_domain::point::LedgerEntry;
use seatline_domain::queue::Number;
use seatline_domain::reservation::Reservation;
use seatline_domain::user::Account;
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::{Builder, Uuid};

use super::CorruptRow;
use super::concerts::CountCells;
use super::credits::FindCredits;
use super::ledger_entries::FindCharges;
use super::operator_keys::FindOperatorKeys;
use super::payments::{FindPayments, with_refunds};
use super::reservations::{FindReservations, assemble, seats_of};
use super::users::FindAccounts;
use crate::failure::Failure;
use crate::pool::{Lease, time_of_read};
use crate::statement::{arrays, row, statement};

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
     FROM ", arrays!(named: user_id, key), "
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
     SELECT ", key_columns!(unnest), "
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

/// The column that says whose a key is: the user's id or, for those who are no users, a UUID of a version that no id has.
fn owner_column(owner: KeyOwner) -> Uuid {
    match owner {
        KeyOwner::User(user_id) => user_id.uuid(),
        KeyOwner::Operator(operator) => {
            let mut bytes = *b"operators\0\0\0\0\0\0\0";
            for (byte, digit) in bytes.iter_mut().rev().zip(operator.digest().into_iter().rev()) {
                *byte = digit;
            }
            Builder::from_custom_bytes(bytes).into_uuid()
        }
        KeyOwner::Network(network) => Builder::from_custom_bytes(network.bytes()).into_uuid(),
    }
}

/// Reads what keys did before: the things as they stand now.
pub(crate) async fn load(
    lease: &Lease,
    footprint: &Footprint,
    keys: &mut TrackedRows<(KeyOwner, IdempotencyKey), Recorded>,
) -> Result<(), Failure> {
    if footprint.keys.is_empty() {
        return Ok(());
    }
    let column = |(owner, key): &(KeyOwner, IdempotencyKey)| (owner_column(*owner), key.as_str().to_owned());
    let (user_id, key) = footprint.keys.iter().map(column).unzip();
    let rows = lease.load(FindKeys { user_id, key }).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let holds = holds(lease, &rows).await?;
    let is_missing = |row: &KeyRow| row.operation == "HOLD" && !holds.contains_key(&row.reference_id);
    let outcomes = Outcomes {
        charges: charges(lease, &rows).await?,
        credits: credits(lease, &rows).await?,
        are_elsewhere: rows.iter().any(is_missing) && lease.load(CountCells {}).await? != [1],
        holds,
        payments: payments(lease, &rows).await?,
        accounts: accounts(lease, &rows).await?,
        operator_keys: operator_keys(lease, &rows).await?,
    };
    let mut named: HashMap<_, _> = footprint.keys.iter().map(|named| (column(named), named)).collect();
    for row in rows {
        if row.operation == "REGISTER" && !outcomes.accounts.contains_key(&row.reference_id) {
            // The account was removed, and the key is as good as new: it expired before.
            continue;
        }
        let outcome = outcomes.of(&row)?;
        let fingerprint = Fingerprint::new(row.fingerprint);
        let recorded = Recorded { fingerprint, outcome, recorded_at: row.recorded_at };
        if let Some(named) = named.remove(&(row.user_id, row.key)) {
            keys.load(named.clone(), recorded);
        }
    }
    Ok(())
}

/// The things that keys are about, by id, as they stand now.
struct Outcomes {
    charges: HashMap<Uuid, LedgerEntry>,
    credits: HashMap<Uuid, LedgerEntry>,
    holds: HashMap<Uuid, Reservation>,
    /// Whether holds that are not found may be in another cell.
    are_elsewhere: bool,
    payments: HashMap<Uuid, Payment>,
    accounts: HashMap<Uuid, Account>,
    operator_keys: HashMap<Uuid, OperatorKey>,
}

impl Outcomes {
    /// The outcome as this key got it: several keys may have found the same thing, of which one made it.
    fn of(&self, row: &KeyRow) -> Result<Outcome, CorruptRow> {
        let (id, created) = (row.reference_id, row.created);
        let outcome = match row.operation.as_str() {
            "CHARGE" => self.charges.get(&id).cloned().map(Outcome::Charged),
            "CREATE_CHARGE" => Some(Outcome::ChargeCreated(ChargeId::new(id))),
            "HOLD" => match self.holds.get(&id).cloned() {
                None if self.are_elsewhere => Some(Outcome::HeldElsewhere(ReservationId::new(id))),
                held => held.map(|reservation| Outcome::Held { reservation, created }),
            },
            "PAY" => self.payments.get(&id).cloned().map(|payment| Outcome::Paid { payment, created }),
            "REFUND" => Some(Outcome::Refunded(RefundId::new(id))),
            "CREDIT" => self.credits.get(&id).cloned().map(Outcome::Credited),
            "REGISTER" => self.accounts.get(&id).cloned().map(Outcome::Registered),
            "CONCERT" => Some(Outcome::ConcertAdded(ConcertId::new(id))),
            "PERFORMANCE" => Some(Outcome::PerformanceAdded(PerformanceId::new(id))),
            "CHANGE_CONCERT" => Some(Outcome::ConcertChanged(ConcertId::new(id))),
            "CHANGE_PERFORMANCE" => Some(Outcome::PerformanceChanged(PerformanceId::new(id))),
            "CANCEL_PERFORMANCE" => Some(Outcome::PerformanceCancelled(PerformanceId::new(id))),
            "CHANGE_SECTION" => Some(Outcome::SectionChanged(PerformanceId::new(id))),
            "CHANGE_SEATS" => Some(Outcome::SeatsChanged(PerformanceId::new(id))),
            "CHECK_IN" => Some(Outcome::CheckedIn(CheckInId::new(id))),
            "WEBHOOK" => Some(Outcome::WebhookCreated(WebhookId::new(id))),
            "CHANGE_WEBHOOK" => Some(Outcome::WebhookChanged(WebhookId::new(id))),
            "REPLAY_DELIVERY" => Some(Outcome::DeliveryReplayed(EventId::new(id))),
            "QUEUE" => Some(Outcome::QueueConfigured(ConcertId::new(id))),
            "JOIN" => {
                let number = u64::try_from(id.as_u128()).ok().map(Number::new);
                number.map(|number| Outcome::Joined { number, created })
            }
            "OPERATOR_KEY" => self.operator_keys.get(&id).cloned().map(Outcome::OperatorKeyCreated),
            _ => None,
        };
        outcome.ok_or_else(|| CorruptRow::new("effect of an idempotency key", id))
    }
}

/// The user and the effect of each key of one operation.
fn of_operation(rows: &[KeyRow], operation: &str) -> (Vec<Uuid>, Vec<Uuid>) {
    rows.iter().filter(|row| row.operation == operation).map(|row| (row.user_id, row.reference_id)).unzip()
}

async fn charges(lease: &Lease, rows: &[KeyRow]) -> Result<HashMap<Uuid, LedgerEntry>, Failure> {
    let (user_id, entry_id) = of_operation(rows, "CHARGE");
    if user_id.is_empty() {
        return Ok(HashMap::new());
    }
    let entries = lease.load(FindCharges { user_id, entry_id }).await?.into_iter().map(LedgerEntry::try_from);
    by_id(entries, |entry| entry.id.uuid())
}

async fn credits(lease: &Lease, rows: &[KeyRow]) -> Result<HashMap<Uuid, LedgerEntry>, Failure> {
    let (_, entry_ids) = of_operation(rows, "CREDIT");
    if entry_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let entries = lease.load(FindCredits { entry_ids }).await?.into_iter().map(LedgerEntry::try_from);
    by_id(entries, |entry| entry.id.uuid())
}

async fn holds(lease: &Lease, rows: &[KeyRow]) -> Result<HashMap<Uuid, Reservation>, Failure> {
    let (user_id, reservation_id) = of_operation(rows, "HOLD");
    if user_id.is_empty() {
        return Ok(HashMap::new());
    }
    let reservations = lease.load(FindReservations { user_id, reservation_id }).await?;
    let seats = lease.load(seats_of(&reservations)).await?;
    by_id(assemble(reservations, seats)?.into_iter().map(Ok), |reservation| reservation.id.uuid())
}

async fn payments(lease: &Lease, rows: &[KeyRow]) -> Result<HashMap<Uuid, Payment>, Failure> {
    let (user_id, payment_id) = of_operation(rows, "PAY");
    if user_id.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = lease.load(FindPayments { user_id, payment_id }).await?;
    by_id(with_refunds(lease, rows).await?.into_iter().map(Ok), |payment| payment.id.uuid())
}

async fn accounts(lease: &Lease, rows: &[KeyRow]) -> Result<HashMap<Uuid, Account>, Failure> {
    let (_, user_id) = of_operation(rows, "REGISTER");
    if user_id.is_empty() {
        return Ok(HashMap::new());
    }
    let accounts = lease.load(FindAccounts { user_id }).await?.into_iter().map(Account::try_from);
    by_id(accounts, |account| account.user.id.uuid())
}

async fn operator_keys(lease: &Lease, rows: &[KeyRow]) -> Result<HashMap<Uuid, OperatorKey>, Failure> {
    let (_, key_id) = of_operation(rows, "OPERATOR_KEY");
    if key_id.is_empty() {
        return Ok(HashMap::new());
    }
    let keys = lease.load(FindOperatorKeys { key_id }).await?.into_iter().map(OperatorKey::try_from);
    by_id(keys, |key| key.id.uuid())
}

fn by_id<T>(
    things: impl Iterator<Item = Result<T, CorruptRow>>,
    id: impl Fn(&T) -> Uuid,
) -> Result<HashMap<Uuid, T>, Failure> {
    Ok(things.map(|thing| thing.map(|thing| (id(&thing), thing))).collect::<Result<_, CorruptRow>>()?)
}

/// Writes what keys did.
pub(crate) async fn store(lease: &Lease, set: &WorkingSet, now: Timestamp) -> Result<(), Failure> {
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
    for ((owner, key), recorded) in set.keys.added_with_keys() {
        let (operation, reference_id, created) = match &recorded.outcome {
            Outcome::Charged(entry) => ("CHARGE", entry.id.uuid(), true),
            Outcome::ChargeCreated(id) => ("CREATE_CHARGE", id.uuid(), true),
            Outcome::Held { reservation, created } => ("HOLD", reservation.id.uuid(), *created),
            Outcome::HeldElsewhere(id) => ("HOLD", id.uuid(), false),
            Outcome::Paid { payment, created } => ("PAY", payment.id.uuid(), *created),
            Outcome::Refunded(id) => ("REFUND", id.uuid(), true),
            Outcome::Credited(entry) => ("CREDIT", entry.id.uuid(), true),
            Outcome::Registered(account) => ("REGISTER", account.user.id.uuid(), true),
            Outcome::ConcertAdded(id) => ("CONCERT", id.uuid(), true),
            Outcome::PerformanceAdded(id) => ("PERFORMANCE", id.uuid(), true),
            Outcome::ConcertChanged(id) => ("CHANGE_CONCERT", id.uuid(), false),
            Outcome::PerformanceChanged(id) => ("CHANGE_PERFORMANCE", id.uuid(), false),
            Outcome::PerformanceCancelled(id) => ("CANCEL_PERFORMANCE", id.uuid(), true),
            Outcome::SectionChanged(id) => ("CHANGE_SECTION", id.uuid(), false),
            Outcome::SeatsChanged(id) => ("CHANGE_SEATS", id.uuid(), false),
            Outcome::CheckedIn(id) => ("CHECK_IN", id.uuid(), true),
            Outcome::WebhookCreated(id) => ("WEBHOOK", id.uuid(), true),
            Outcome::WebhookChanged(id) => ("CHANGE_WEBHOOK", id.uuid(), false),
            Outcome::DeliveryReplayed(id) => ("REPLAY_DELIVERY", id.uuid(), false),
            Outcome::QueueConfigured(id) => ("QUEUE", id.uuid(), false),
            // The concert is in the fingerprint.
            Outcome::Joined { number, created } => ("JOIN", Uuid::from_u128(number.get().into()), *created),
            Outcome::OperatorKeyCreated(key) => ("OPERATOR_KEY", key.id.uuid(), true),
        };
        insert.user_id.push(owner_column(*owner));
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
    let expired_at = expiry_cutoff(time_of_read(lease).await?);
    lease.execute(DeleteExpiredKeys { expired_at, limit: limit.into() }).await
}

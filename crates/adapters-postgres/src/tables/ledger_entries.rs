use diesel::sql_types::{Array, BigInt, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::id::{LedgerEntryId, UserId};
use seatline_domain::point::{LedgerEntry, LedgerEntryKind};
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

use super::corrupt_row::amount;
use super::{CorruptRow, count, position};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

/// `user_id`, `sequence`, `entry_id`, `kind`, `amount`, `balance_after`, `reference_id`, `created_at`.
pub(crate) type EntryRow = (Uuid, i64, Uuid, String, Decimal, Decimal, Option<Uuid>, Timestamp);

statement! {
    /// Adds ledger entries.
    InsertEntries {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        sequences: Vec<i64> => Array<BigInt>,
        entry_ids: Vec<Uuid> => Array<SqlUuid>,
        kinds: Vec<&'static str> => Array<Text>,
        amounts: Vec<Decimal> => Array<Numeric>,
        balances_after: Vec<Decimal> => Array<Numeric>,
        reference_ids: Vec<Option<Uuid>> => Array<Nullable<SqlUuid>>,
        created_at: Vec<Timestamp> => Array<Timestamptz>,
    };
    "INSERT INTO ledger_entries (user_id, sequence, entry_id, kind, amount, balance_after, reference_id, created_at)
     SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)"
}

statement! {
    /// Charges of wallets by id, each by a look-up of its own.
    ChargesById {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        entry_ids: Vec<Uuid> => Array<SqlUuid>,
    } -> EntryRow = (SqlUuid, BigInt, SqlUuid, Text, Numeric, Numeric, Nullable<SqlUuid>, Timestamptz);
    "SELECT entry.user_id, entry.sequence, entry.entry_id, entry.kind, entry.amount, entry.balance_after,
            entry.reference_id, entry.created_at
     FROM unnest(?, ?) AS named(user_id, entry_id)
     CROSS JOIN LATERAL (
         SELECT * FROM ledger_entries
         WHERE user_id = named.user_id AND entry_id = named.entry_id AND kind = 'CHARGE' LIMIT 1
     ) AS entry"
}

statement! {
    /// One page of a wallet's entries, newest first.
    LedgerEntriesBefore {
        user_id: Uuid => SqlUuid,
        before: i64 => BigInt,
        limit: i64 => BigInt,
    } -> EntryRow = (SqlUuid, BigInt, SqlUuid, Text, Numeric, Numeric, Nullable<SqlUuid>, Timestamptz);
    "SELECT user_id, sequence, entry_id, kind, amount, balance_after, reference_id, created_at
     FROM ledger_entries WHERE user_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?"
}

/// An entry from its row.
pub(crate) fn ledger_entry(row: EntryRow) -> Result<LedgerEntry, CorruptRow> {
    let (user_id, sequence, entry_id, kind, signed, balance_after, reference_id, created_at) = row;
    let kind = match kind.as_str() {
        "CHARGE" => LedgerEntryKind::Charge,
        "PAYMENT" => LedgerEntryKind::Payment,
        "REFUND" => LedgerEntryKind::Refund,
        _ => return Err(CorruptRow::wrong("kind of a ledger entry", kind)),
    };
    Ok(LedgerEntry {
        id: LedgerEntryId::new(entry_id),
        user_id: UserId::new(user_id),
        sequence: count("sequence of a ledger entry", sequence)?,
        kind,
        amount: amount("amount of a ledger entry", signed.abs())?,
        balance_after: amount("balance after a ledger entry", balance_after)?,
        reference_id,
        created_at,
    })
}

const fn kind_column(kind: LedgerEntryKind) -> &'static str {
    match kind {
        LedgerEntryKind::Charge => "CHARGE",
        LedgerEntryKind::Payment => "PAYMENT",
        LedgerEntryKind::Refund => "REFUND",
    }
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let entries = &set.entries;
    if entries.is_empty() {
        return Ok(());
    }
    let insert = InsertEntries {
        user_ids: entries.iter().map(|entry| entry.user_id.uuid()).collect(),
        sequences: entries.iter().map(|entry| position(entry.sequence)).collect(),
        entry_ids: entries.iter().map(|entry| entry.id.uuid()).collect(),
        kinds: entries.iter().map(|entry| kind_column(entry.kind)).collect(),
        amounts: entries.iter().map(LedgerEntry::signed_amount).collect(),
        balances_after: entries.iter().map(|entry| entry.balance_after.decimal()).collect(),
        reference_ids: entries.iter().map(|entry| entry.reference_id).collect(),
        created_at: entries.iter().map(|entry| entry.created_at).collect(),
    };
    lease.execute(insert).await?;
    Ok(())
}

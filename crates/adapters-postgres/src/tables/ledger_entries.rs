use diesel::sql_types::{Array, BigInt, Nullable, Numeric, Text, Timestamptz, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::Timestamp;
use seatline_domain::id::{LedgerEntryId, UserId};
use seatline_domain::point::{LedgerEntry, LedgerEntryKind};
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

use super::{CorruptRow, amount, bigint, count};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{arrays, row, statement};

row! {
    /// A ledger entry. Its amount has a sign.
    LedgerEntryRow as ledger_entry_columns {
        user_id: Uuid => SqlUuid,
        sequence: i64 => BigInt,
        entry_id: Uuid => SqlUuid,
        kind: String => Text,
        amount: Decimal => Numeric,
        balance_after: Decimal => Numeric,
        reference_id: Option<Uuid> => Nullable<SqlUuid>,
        created_at: Timestamp => Timestamptz,
    }
}

statement! {
    /// Adds ledger entries.
    InsertLedgerEntries {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        sequence: Vec<i64> => Array<BigInt>,
        entry_id: Vec<Uuid> => Array<SqlUuid>,
        kind: Vec<&'static str> => Array<Text>,
        amount: Vec<Decimal> => Array<Numeric>,
        balance_after: Vec<Decimal> => Array<Numeric>,
        reference_id: Vec<Option<Uuid>> => Array<Nullable<SqlUuid>>,
        created_at: Vec<Timestamp> => Array<Timestamptz>,
    };
    "INSERT INTO ledger_entries (", ledger_entry_columns!(), ")
     SELECT ", ledger_entry_columns!(unnest)
}

statement! {
    /// Reads charges of wallets by id, each by a look-up of its own.
    FindCharges {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        entry_id: Vec<Uuid> => Array<SqlUuid>,
    } -> LedgerEntryRow;
    "SELECT ", ledger_entry_columns!(entry), "
     FROM ", arrays!(named: user_id, entry_id), "
     CROSS JOIN LATERAL (
         SELECT * FROM ledger_entries
         WHERE user_id = named.user_id AND entry_id = named.entry_id AND kind = 'CHARGE' LIMIT 1
     ) AS entry"
}

statement! {
    /// Reads one page of a wallet's entries, newest first.
    FindLedgerEntriesBefore {
        user_id: Uuid => SqlUuid,
        before: i64 => BigInt,
        limit: i64 => BigInt,
    } -> LedgerEntryRow;
    "SELECT ", ledger_entry_columns!(), "
     FROM ledger_entries WHERE user_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?"
}

impl TryFrom<LedgerEntryRow> for LedgerEntry {
    type Error = CorruptRow;

    fn try_from(row: LedgerEntryRow) -> Result<Self, CorruptRow> {
        let kind = match row.kind.as_str() {
            "CHARGE" => LedgerEntryKind::Charge,
            "PAYMENT" => LedgerEntryKind::Payment,
            "REFUND" => LedgerEntryKind::Refund,
            "CREDIT" => LedgerEntryKind::Credit,
            "DEBIT" => LedgerEntryKind::Debit,
            _ => return Err(CorruptRow::new("kind of a ledger entry", row.kind)),
        };
        Ok(Self {
            id: LedgerEntryId::new(row.entry_id),
            user_id: UserId::new(row.user_id),
            sequence: count("sequence of a ledger entry", row.sequence)?,
            kind,
            amount: amount("amount of a ledger entry", row.amount.abs())?,
            balance_after: amount("balance after a ledger entry", row.balance_after)?,
            reference_id: row.reference_id,
            created_at: row.created_at,
        })
    }
}

const fn kind_column(kind: LedgerEntryKind) -> &'static str {
    match kind {
        LedgerEntryKind::Charge => "CHARGE",
        LedgerEntryKind::Payment => "PAYMENT",
        LedgerEntryKind::Refund => "REFUND",
        LedgerEntryKind::Credit => "CREDIT",
        LedgerEntryKind::Debit => "DEBIT",
    }
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let entries = &set.entries;
    if entries.is_empty() {
        return Ok(());
    }
    let insert = InsertLedgerEntries {
        user_id: entries.iter().map(|entry| entry.user_id.uuid()).collect(),
        sequence: entries.iter().map(|entry| bigint(entry.sequence)).collect(),
        entry_id: entries.iter().map(|entry| entry.id.uuid()).collect(),
        kind: entries.iter().map(|entry| kind_column(entry.kind)).collect(),
        amount: entries.iter().map(LedgerEntry::signed_amount).collect(),
        balance_after: entries.iter().map(|entry| entry.balance_after.decimal()).collect(),
        reference_id: entries.iter().map(|entry| entry.reference_id).collect(),
        created_at: entries.iter().map(|entry| entry.created_at).collect(),
    };
    lease.execute(insert).await?;
    Ok(())
}

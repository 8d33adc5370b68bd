use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::working_set::WorkingSet;
use uuid::Uuid;

use super::bigint;
use super::ledger_entries::{LedgerEntryRow, ledger_entry_columns};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

statement! {
    /// Records credits and debits.
    InsertCredits {
        entry_id: Vec<Uuid> => Array<SqlUuid>,
        user_id: Vec<Uuid> => Array<SqlUuid>,
        sequence: Vec<i64> => Array<BigInt>,
        operator: Vec<String> => Array<Text>,
        reason: Vec<String> => Array<Text>,
        credited_at: Vec<Timestamp> => Array<Timestamptz>,
    };
    "INSERT INTO credits (entry_id, user_id, sequence, operator, reason, credited_at)
     SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)"
}

statement! {
    /// Reads the ledger entries of credits and debits, by id.
    FindCredits { entry_ids: Vec<Uuid> => Array<SqlUuid> } -> LedgerEntryRow;
    "SELECT ", ledger_entry_columns!(entry), "
     FROM credits AS credit
     JOIN ledger_entries AS entry ON entry.user_id = credit.user_id AND entry.sequence = credit.sequence
     WHERE credit.entry_id = ANY(?)"
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let credits = &set.credits;
    if credits.is_empty() {
        return Ok(());
    }
    let insert = InsertCredits {
        entry_id: credits.iter().map(|credit| credit.entry.id.uuid()).collect(),
        user_id: credits.iter().map(|credit| credit.entry.user_id.uuid()).collect(),
        sequence: credits.iter().map(|credit| bigint(credit.entry.sequence)).collect(),
        operator: credits.iter().map(|credit| credit.operator.to_string()).collect(),
        reason: credits.iter().map(|credit| credit.reason.as_str().to_owned()).collect(),
        credited_at: credits.iter().map(|credit| credit.entry.created_at).collect(),
    };
    Box::pin(lease.execute(insert)).await?;
    Ok(())
}

//! Accounts that were found to have done nothing, and what is looked at to find that out.

use std::collections::HashSet;

use chrono::TimeDelta;
use diesel::sql_types::{Array, BigInt, Bool, Timestamptz, Uuid as SqlUuid};
use seatline_domain::Timestamp;
use seatline_domain::id::UserId;
use seatline_domain::ports::IdleRemoval;
use seatline_domain::user::{AccountTraces, removal_cutoff};
use uuid::Uuid;

use super::waiting_rooms::busy_rooms;
use crate::failure::Failure;
use crate::pool::{Lease, time_of_read};
use crate::statement::{arrays, row, statement};

row! {
    /// What an account has left behind, but for a place in line.
    TracesRow as traces_columns {
        user_id: Uuid => SqlUuid = "account.user_id",
        created_at: Timestamp => Timestamptz = "account.created_at",
        has_entries: bool => Bool,
        has_reservations: bool => Bool,
    }
}

macro_rules! traces_of_accounts {
    () => {
        "CROSS JOIN LATERAL (
         SELECT coalesce((SELECT entries > 0 FROM wallets WHERE wallets.user_id = account.user_id), true)
                    OR EXISTS (SELECT FROM charges WHERE charges.user_id = account.user_id) AS has_entries,
                EXISTS (SELECT FROM reservations WHERE reservations.user_id = account.user_id) AS has_reservations
     ) AS traces"
    };
}

statement! {
    /// Reads what the next accounts have left behind. One without a wallet is no account that could be idle.
    FindNextTraces { after: Uuid => SqlUuid, limit: i64 => BigInt } -> TracesRow;
    "SELECT ", traces_columns!(traces), "
     FROM (SELECT user_id, created_at FROM users WHERE user_id > ? ORDER BY user_id LIMIT ?) AS account
     ", traces_of_accounts!(), "
     ORDER BY account.user_id"
}

statement! {
    /// Reads what accounts have left behind.
    FindTraces { user_id: Vec<Uuid> => Array<SqlUuid> } -> TracesRow;
    "SELECT ", traces_columns!(traces), "
     FROM users AS account
     ", traces_of_accounts!(), "
     WHERE account.user_id = ANY(?)"
}

statement! {
    /// Reads which users have a live pass: only rooms with people are looked into.
    FindInLine { user_id: Vec<Uuid> => Array<SqlUuid> } -> Uuid;
    busy_rooms!(), "
     )
     SELECT named.user_id
     FROM busy
     CROSS JOIN ", arrays!(named: user_id), "
     CROSS JOIN LATERAL (
         SELECT FROM passes WHERE passes.concert_id = busy.concert_id AND passes.user_id = named.user_id
                                  AND passes.state IN ('WAITING', 'ACTIVE') LIMIT 1
     ) AS live"
}

statement! {
    /// Notes accounts that were found idle.
    InsertIdleAccounts { found_at: Timestamp => Timestamptz, user_id: Vec<Uuid> => Array<SqlUuid> };
    "INSERT INTO idle_accounts (found_at, user_id) SELECT ?, user_id FROM ", arrays!(found: user_id), "
     ON CONFLICT DO NOTHING"
}

statement! {
    /// Locks accounts that were found idle long enough ago, the oldest first. Passes over what others have locked.
    LockIdleAccounts { found_by: Timestamp => Timestamptz, limit: i64 => BigInt } -> Uuid;
    "SELECT user_id FROM idle_accounts WHERE found_at <= ? ORDER BY found_at LIMIT ? FOR UPDATE SKIP LOCKED"
}

statement! {
    /// Locks the wallets of these users but for those that others have locked.
    LockFreeWallets { user_id: Vec<Uuid> => Array<SqlUuid> } -> Uuid;
    "SELECT user_id FROM wallets WHERE user_id = ANY(?) ORDER BY user_id FOR UPDATE SKIP LOCKED"
}

statement! {
    /// Removes users.
    DeleteUsers { user_id: Vec<Uuid> => Array<SqlUuid> };
    "DELETE FROM users WHERE user_id = ANY(?)"
}

statement! {
    /// Removes wallets.
    DeleteWallets { user_id: Vec<Uuid> => Array<SqlUuid> };
    "DELETE FROM wallets WHERE user_id = ANY(?)"
}

statement! {
    /// Takes accounts off those that were found idle.
    DeleteIdleAccounts { user_id: Vec<Uuid> => Array<SqlUuid> };
    "DELETE FROM idle_accounts WHERE user_id = ANY(?)"
}

impl TracesRow {
    fn traces(&self, in_line: &HashSet<Uuid>) -> AccountTraces {
        AccountTraces {
            user_id: UserId::new(self.user_id),
            registered_at: self.created_at,
            has_entries: self.has_entries,
            has_reservations: self.has_reservations,
            is_in_line: in_line.contains(&self.user_id),
        }
    }
}

/// Those of them that are idle.
async fn idle(
    lease: &Lease,
    rows: &[TracesRow],
    keep: TimeDelta,
    now: Timestamp,
) -> Result<Vec<Uuid>, Failure> {
    let nowhere = HashSet::new();
    let candidates = rows.iter().filter(|row| row.traces(&nowhere).is_idle(keep, now));
    let user_id: Vec<Uuid> = candidates.map(|row| row.user_id).collect();
    if user_id.is_empty() {
        return Ok(user_id);
    }
    let in_line: HashSet<Uuid> = lease.load(FindInLine { user_id }).await?.into_iter().collect();
    let idle = rows.iter().filter(|row| row.traces(&in_line).is_idle(keep, now));
    Ok(idle.map(|row| row.user_id).collect())
}

/// Looks at the next accounts, and notes which are idle. Gives the last one when there may be more.
pub(crate) async fn find(
    lease: &Lease,
    after: Option<UserId>,
    keep: TimeDelta,
    limit: u16,
) -> Result<Option<UserId>, Failure> {
    let after = after.map_or(Uuid::nil(), UserId::uuid);
    let rows = lease.load(FindNextTraces { after, limit: limit.into() }).await?;
    let now = time_of_read(lease).await?;
    let user_id = idle(lease, &rows, keep, now).await?;
    if !user_id.is_empty() {
        lease.execute(InsertIdleAccounts { found_at: now, user_id }).await?;
    }
    let last = rows.last().filter(|_| rows.len() == usize::from(limit));
    Ok(last.map(|row| UserId::new(row.user_id)))
}

/// Removes accounts that were found idle a while ago and still are, in a transaction that has begun.
pub(crate) async fn remove(lease: &Lease, keep: TimeDelta, limit: u16) -> Result<IdleRemoval, Failure> {
    let now = time_of_read(lease).await?;
    let found_by = removal_cutoff(now);
    let found = lease.load(LockIdleAccounts { found_by, limit: limit.into() }).await?;
    if found.is_empty() {
        return Ok(IdleRemoval::default());
    }
    let free: HashSet<Uuid> =
        lease.load(LockFreeWallets { user_id: found.clone() }).await?.into_iter().collect();
    let rows = lease.load(FindTraces { user_id: found.clone() }).await?;
    let mut idle = idle(lease, &rows, keep, now).await?;
    idle.retain(|user_id| free.contains(user_id));
    // Those with a wallet that somebody else has locked are looked at again.
    let there: HashSet<Uuid> = rows.iter().map(|row| row.user_id).collect();
    let settled = |user_id: &Uuid| free.contains(user_id) || !there.contains(user_id);
    let settled = found.iter().copied().filter(settled).collect();
    let done = IdleRemoval { looked_at: found.len(), removed: idle.len() };
    if !idle.is_empty() {
        lease.execute(DeleteWallets { user_id: idle.clone() }).await?;
        lease.execute(DeleteUsers { user_id: idle }).await?;
    }
    lease.execute(DeleteIdleAccounts { user_id: settled }).await?;
    Ok(done)
}

use diesel::sql_types::{Array, BigInt, Numeric, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::id::UserId;
use seatline_domain::point::Wallet;
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::corrupt_row::amount;
use super::{count, position};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::statement;

statement! {
    /// Locks wallets.
    LockWallets { user_ids: Vec<Uuid> => Array<SqlUuid> } -> (Uuid, Decimal, i64) = (SqlUuid, Numeric, BigInt);
    "SELECT user_id, balance, entries FROM wallets WHERE user_id = ANY(?) ORDER BY user_id FOR UPDATE"
}

statement! {
    /// Adds wallets.
    InsertWallets {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        balances: Vec<Decimal> => Array<Numeric>,
        entries: Vec<i64> => Array<BigInt>,
    };
    "INSERT INTO wallets (user_id, balance, entries) SELECT * FROM unnest(?, ?, ?)"
}

statement! {
    /// Writes changed wallets.
    UpdateWallets {
        user_ids: Vec<Uuid> => Array<SqlUuid>,
        balances: Vec<Decimal> => Array<Numeric>,
        entries: Vec<i64> => Array<BigInt>,
    };
    "UPDATE wallets AS wallet SET balance = new.balance, entries = new.entries
     FROM unnest(?, ?, ?) AS new(user_id, balance, entries)
     WHERE wallet.user_id = new.user_id"
}

pub(super) async fn lock(
    lease: &Lease,
    footprint: &Footprint,
    wallets: &mut TrackedRows<UserId, Wallet>,
) -> Result<(), Failure> {
    if footprint.wallets.is_empty() {
        return Ok(());
    }
    let user_ids = footprint.wallets.iter().map(|user_id| user_id.uuid()).collect();
    for (user_id, balance, entries) in lease.load(LockWallets { user_ids }).await? {
        let user_id = UserId::new(user_id);
        let (balance, entries) = (amount("balance", balance)?, count("number of entries", entries)?);
        wallets.load(user_id, Wallet { user_id, balance, entries });
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let (user_ids, balances, entries) = columns(set.wallets.changed());
    if !user_ids.is_empty() {
        lease.execute(UpdateWallets { user_ids, balances, entries }).await?;
    }
    let (user_ids, balances, entries) = columns(set.wallets.added());
    if !user_ids.is_empty() {
        lease.execute(InsertWallets { user_ids, balances, entries }).await?;
    }
    Ok(())
}

fn columns<'w>(wallets: impl Iterator<Item = &'w Wallet>) -> (Vec<Uuid>, Vec<Decimal>, Vec<i64>) {
    let (mut user_ids, mut balances, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for wallet in wallets {
        user_ids.push(wallet.user_id.uuid());
        balances.push(wallet.balance.decimal());
        entries.push(position(wallet.entries));
    }
    (user_ids, balances, entries)
}

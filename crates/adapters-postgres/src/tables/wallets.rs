use diesel::sql_types::{Array, BigInt, Numeric, Uuid as SqlUuid};
use rust_decimal::Decimal;
use seatline_domain::id::UserId;
use seatline_domain::point::Wallet;
use seatline_domain::working_set::{Footprint, TrackedRows, WorkingSet};
use uuid::Uuid;

use super::{CorruptRow, amount, bigint, count};
use crate::failure::Failure;
use crate::pool::Lease;
use crate::statement::{row, statement};

row! {
    /// A wallet.
    WalletRow as wallet_columns {
        user_id: Uuid => SqlUuid,
        balance: Decimal => Numeric,
        entries: i64 => BigInt,
    }
}

statement! {
    /// Reads a wallet's balance.
    FindBalance { user_id: Uuid => SqlUuid } -> Decimal;
    "SELECT balance FROM wallets WHERE user_id = ?"
}

statement! {
    /// Locks wallets.
    LockWallets { user_ids: Vec<Uuid> => Array<SqlUuid> } -> WalletRow;
    "SELECT ", wallet_columns!(), " FROM wallets WHERE user_id = ANY(?) ORDER BY user_id FOR UPDATE"
}

statement! {
    /// Adds wallets.
    InsertWallets {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        balance: Vec<Decimal> => Array<Numeric>,
        entries: Vec<i64> => Array<BigInt>,
    };
    "INSERT INTO wallets (", wallet_columns!(), ") SELECT ", wallet_columns!(unnest)
}

statement! {
    /// Writes changed wallets.
    UpdateWallets {
        user_id: Vec<Uuid> => Array<SqlUuid>,
        balance: Vec<Decimal> => Array<Numeric>,
        entries: Vec<i64> => Array<BigInt>,
    };
    "UPDATE wallets AS wallet SET balance = new.balance, entries = new.entries
     FROM (SELECT ", wallet_columns!(unnest), ") AS new
     WHERE wallet.user_id = new.user_id"
}

impl TryFrom<WalletRow> for Wallet {
    type Error = CorruptRow;

    fn try_from(row: WalletRow) -> Result<Self, CorruptRow> {
        Ok(Self {
            user_id: UserId::new(row.user_id),
            balance: amount("balance", row.balance)?,
            entries: count("number of entries", row.entries)?,
        })
    }
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
    for row in lease.load(LockWallets { user_ids }).await? {
        let wallet = Wallet::try_from(row)?;
        wallets.load(wallet.user_id, wallet);
    }
    Ok(())
}

pub(super) async fn store(lease: &Lease, set: &WorkingSet) -> Result<(), Failure> {
    let (user_id, balance, entries) = columns(set.wallets.changed());
    if !user_id.is_empty() {
        lease.execute(UpdateWallets { user_id, balance, entries }).await?;
    }
    let (user_id, balance, entries) = columns(set.wallets.added());
    if !user_id.is_empty() {
        lease.execute(InsertWallets { user_id, balance, entries }).await?;
    }
    Ok(())
}

fn columns<'w>(wallets: impl Iterator<Item = &'w Wallet>) -> (Vec<Uuid>, Vec<Decimal>, Vec<i64>) {
    let (mut user_id, mut balance, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for wallet in wallets {
        user_id.push(wallet.user_id.uuid());
        balance.push(wallet.balance.decimal());
        entries.push(bigint(wallet.entries));
    }
    (user_id, balance, entries)
}

use rust_decimal::Decimal;
use uuid::Uuid;

use super::Amount;
use crate::Timestamp;
use crate::id::{LedgerEntryId, UserId};

/// Kinds of ledger entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LedgerEntryKind {
    /// The user charged points.
    Charge,
    /// The user paid a reservation.
    Payment,
    /// A payment was refunded.
    Refund,
    /// An operator added points.
    Credit,
    /// An operator took points back.
    Debit,
}

/// One change of one wallet's balance. Entries are only ever added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The entry's id.
    pub id: LedgerEntryId,
    /// The wallet's user.
    pub user_id: UserId,
    /// Its place in the wallet's ledger: 1, 2, 3, … without gaps.
    pub sequence: u64,
    /// The kind of change.
    pub kind: LedgerEntryKind,
    /// By how much, without a sign.
    pub amount: Amount,
    /// The balance after it.
    pub balance_after: Amount,
    /// What it belongs to: the payment of a `PAYMENT` or `REFUND`, the charge of a `CHARGE` by a provider.
    pub reference_id: Option<Uuid>,
    /// The instant, by the database's clock.
    pub created_at: Timestamp,
}

impl LedgerEntry {
    /// The amount with its sign: what leaves the wallet is negative.
    pub fn signed_amount(&self) -> Decimal {
        match self.kind {
            LedgerEntryKind::Charge | LedgerEntryKind::Refund | LedgerEntryKind::Credit => {
                self.amount.decimal()
            }
            LedgerEntryKind::Payment | LedgerEntryKind::Debit => -self.amount.decimal(),
        }
    }
}

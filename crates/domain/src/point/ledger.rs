use rust_decimal::Decimal;
use uuid::Uuid;

use super::Amount;
use crate::Timestamp;
use crate::id::{LedgerEntryId, UserId};

/// Why a balance changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LedgerEntryKind {
    /// The user charged points.
    Charge,
    /// The user paid a reservation.
    Payment,
    /// A payment was given back.
    Refund,
}

/// One change of one wallet's balance. Entries are only ever added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Which entry.
    pub id: LedgerEntryId,
    /// Whose wallet.
    pub user_id: UserId,
    /// Its place in the wallet's ledger: 1, 2, 3, … without gaps.
    pub sequence: u64,
    /// Why the balance changed.
    pub kind: LedgerEntryKind,
    /// By how much, without a sign.
    pub amount: Amount,
    /// The balance after it.
    pub balance_after: Amount,
    /// What it belongs to: the payment of a `PAYMENT` or `REFUND`.
    pub reference_id: Option<Uuid>,
    /// When, by the database's clock.
    pub created_at: Timestamp,
}

impl LedgerEntry {
    /// The amount with its sign: what leaves the wallet is negative.
    pub fn signed_amount(&self) -> Decimal {
        match self.kind {
            LedgerEntryKind::Charge | LedgerEntryKind::Refund => self.amount.decimal(),
            LedgerEntryKind::Payment => -self.amount.decimal(),
        }
    }
}

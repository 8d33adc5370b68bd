use super::{Amount, LedgerEntry};
use crate::audit::{OperatorId, Reason};

/// What an operator does to a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointsChange {
    /// Adds so many points.
    Credit(Amount),
    /// Takes so many back.
    Debit(Amount),
}

impl PointsChange {
    /// How many points, without a sign.
    pub const fn amount(self) -> Amount {
        match self {
            Self::Credit(amount) | Self::Debit(amount) => amount,
        }
    }
}

/// An operator's credit or debit: the ledger entry, who made it, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditRecord {
    /// The entry.
    pub entry: LedgerEntry,
    /// The operator.
    pub operator: OperatorId,
    /// The reason.
    pub reason: Reason,
}

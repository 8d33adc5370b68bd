use thiserror::Error;

use super::{WalletFull, policy};
use crate::idempotency::KeyReused;
use crate::storage::StorageError;

/// Why points were not charged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChargeError {
    /// The amount is zero.
    #[error("the amount must be above zero")]
    NotPositive,
    /// The amount is beyond the most that one charge adds.
    #[error("one charge adds at most {} points", policy::MAX_CHARGE)]
    TooMuch,
    /// The balance would be beyond the most that a wallet holds.
    #[error(transparent)]
    WalletFull(#[from] WalletFull),
    /// The key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage stood in the way.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

use async_trait::async_trait;

use crate::commands::{ChargeError, ChargePointsCommand, CreditError, CreditPointsCommand};
use crate::id::UserId;
use crate::idempotency::Answer;
use crate::page::{Page, PageRequest};
use crate::point::{Amount, LedgerEntry};
use crate::storage::StorageError;

/// Keeps wallets and their ledgers.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Wallets: Send + Sync {
    /// Adds points; a repeated key gives the first answer again and adds nothing.
    async fn charge(&self, command: ChargePointsCommand) -> Result<Answer<LedgerEntry>, ChargeError>;

    /// Adds points for an operator, or takes some back, and records who did it and why in the same transaction; a repeated
    /// key gives the first answer again and changes nothing. Must return [`CreditError::UserNotFound`] when there is no such
    /// wallet.
    async fn credit(&self, command: CreditPointsCommand) -> Result<Answer<LedgerEntry>, CreditError>;

    /// The balance, zero when there is no such wallet.
    async fn balance(&self, user_id: UserId) -> Result<Amount, StorageError>;

    /// The entries of a wallet, newest first; the cursor is an entry's sequence.
    async fn entries(
        &self,
        user_id: UserId,
        page: PageRequest<u64>,
    ) -> Result<Page<LedgerEntry, u64>, StorageError>;
}

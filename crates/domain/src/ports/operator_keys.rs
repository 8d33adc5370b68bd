use async_trait::async_trait;

use crate::Timestamp;
use crate::audit::OperatorId;
use crate::commands::{
    CreateOperatorKeyCommand, CreateOperatorKeyError, DeleteOperatorKeyCommand, DeleteOperatorKeyError,
};
use crate::idempotency::Answer;
use crate::operator_key::{OperatorKey, OperatorKeyHash};
use crate::page::{Page, PageRequest};
use crate::storage::StorageError;

/// Keeps the operators' keys that the owner makes.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait OperatorKeys: Send + Sync {
    /// Makes a key; a repeated idempotency key gives the key that it made. Of concurrent callers with one idempotency key,
    /// one makes one.
    async fn create(
        &self,
        command: CreateOperatorKeyCommand,
    ) -> Result<Answer<OperatorKey>, CreateOperatorKeyError>;

    /// Deletes a key, and gives it. Deleting it again changes nothing.
    async fn delete(&self, command: DeleteOperatorKeyCommand) -> Result<OperatorKey, DeleteOperatorKeyError>;

    /// The keys that are good, newest first. Whoever has read one has been able to read all that were made before it.
    async fn keys(&self, page: PageRequest<i64>) -> Result<Page<OperatorKey, i64>, StorageError>;

    /// The good key with this hash, as it is after this call; `None` when there is none, or it was deleted. However many
    /// ask, the database is asked by one at a time.
    async fn with_hash(&self, hash: OperatorKeyHash) -> Result<Option<OperatorKey>, StorageError>;

    /// The keys of these operators, deleted ones too, in any order. An operator without such a key is left out.
    async fn of_operators(&self, operators: Vec<OperatorId>) -> Result<Vec<OperatorKey>, StorageError>;

    /// The time of the clock by which keys are made and deleted. By it sessions end that were opened with them.
    async fn now(&self) -> Result<Timestamp, StorageError>;
}

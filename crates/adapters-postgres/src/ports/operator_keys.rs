use async_trait::async_trait;
use seatline_domain::Timestamp;
use seatline_domain::audit::OperatorId;
use seatline_domain::commands::{
    CreateOperatorKeyCommand, CreateOperatorKeyError, DeleteOperatorKeyCommand, DeleteOperatorKeyError,
};
use seatline_domain::idempotency::Answer;
use seatline_domain::operator_key::{OperatorKey, OperatorKeyHash};
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::OperatorKeys;
use seatline_domain::storage::StorageError;
use uuid::Uuid;

use crate::lane::submit;
use crate::pool::time_of_read;
use crate::postgres::Postgres;
use crate::tables::CorruptRow;
use crate::tables::operator_keys::{FindKeysBefore, FindKeysOfOperators, listed_key};

/// All changes of keys meet in one lane: they take turns anyway.
const LANE: Uuid = Uuid::nil();

#[async_trait]
impl OperatorKeys for Postgres {
    async fn create(
        &self,
        command: CreateOperatorKeyCommand,
    ) -> Result<Answer<OperatorKey>, CreateOperatorKeyError> {
        submit(&self.cells.home().wallet_lanes, LANE, command).await
    }

    async fn delete(&self, command: DeleteOperatorKeyCommand) -> Result<OperatorKey, DeleteOperatorKeyError> {
        submit(&self.cells.home().wallet_lanes, LANE, command).await
    }

    async fn keys(&self, page: PageRequest<i64>) -> Result<Page<OperatorKey, i64>, StorageError> {
        let statement =
            FindKeysBefore { before: page.after.unwrap_or(i64::MAX), limit: i64::from(page.limit.get()) + 1 };
        let rows = self.shares.browsing.load(statement).await?;
        let keys = rows.into_iter().map(listed_key).collect::<Result<Vec<_>, CorruptRow>>()?;
        Ok(Page::from_surplus(keys, page.limit, |(sequence, _)| *sequence).map(|(_, key)| key))
    }

    async fn with_hash(&self, hash: OperatorKeyHash) -> Result<Option<OperatorKey>, StorageError> {
        self.operator_keys_by_hash.get(hash).await
    }

    async fn of_operators(&self, operators: Vec<OperatorId>) -> Result<Vec<OperatorKey>, StorageError> {
        if operators.is_empty() {
            return Ok(Vec::new());
        }
        let operator = operators.iter().map(ToString::to_string).collect();
        let rows = self.shares.browsing.load(FindKeysOfOperators { operator }).await?;
        Ok(rows.into_iter().map(OperatorKey::try_from).collect::<Result<_, CorruptRow>>()?)
    }

    async fn now(&self) -> Result<Timestamp, StorageError> {
        Ok(time_of_read(&self.shares.browsing.lease().await?).await?)
    }
}

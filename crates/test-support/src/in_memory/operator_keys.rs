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

use super::InMemory;
use super::paging::page_of;

#[async_trait]
impl OperatorKeys for InMemory {
    async fn create(
        &self,
        command: CreateOperatorKeyCommand,
    ) -> Result<Answer<OperatorKey>, CreateOperatorKeyError> {
        let answer = self.decide(&command)?;
        if !answer.replayed {
            self.state().operator_keys.push(answer.value.id);
        }
        Ok(answer)
    }

    async fn delete(&self, command: DeleteOperatorKeyCommand) -> Result<OperatorKey, DeleteOperatorKeyError> {
        self.decide(&command)
    }

    async fn keys(&self, page: PageRequest<i64>) -> Result<Page<OperatorKey, i64>, StorageError> {
        let state = self.state();
        let made = state.operator_keys.iter().filter_map(|id| state.set.operator_keys.get(id));
        let newest_first: Vec<_> = (1..).zip(made).collect();
        let good = newest_first.into_iter().rev().filter(|(place, key)| {
            // A key that was deleted since is a place all the same.
            key.deleted.is_none() || page.after == Some(*place)
        });
        Ok(page_of(good, page, |(place, _)| *place).map(|(_, key)| key.clone()))
    }

    async fn with_hash(&self, hash: OperatorKeyHash) -> Result<Option<OperatorKey>, StorageError> {
        let state = self.state();
        let mut keys = state.set.operator_keys.iter().map(|(_, key)| key);
        Ok(keys.find(|key| key.hash == hash && key.deleted.is_none()).cloned())
    }

    async fn of_operators(&self, operators: Vec<OperatorId>) -> Result<Vec<OperatorKey>, StorageError> {
        let state = self.state();
        let keys = state.set.operator_keys.iter().map(|(_, key)| key);
        Ok(keys.filter(|key| operators.contains(&key.operator())).cloned().collect())
    }

    async fn now(&self) -> Result<Timestamp, StorageError> {
        Ok(self.clock().now())
    }
}

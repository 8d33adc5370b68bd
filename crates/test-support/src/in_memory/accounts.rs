use async_trait::async_trait;
use seatline_domain::commands::{RegisterError, RegisterUserCommand};
use seatline_domain::id::UserId;
use seatline_domain::idempotency::Answer;
use seatline_domain::ports::Accounts;
use seatline_domain::storage::StorageError;
use seatline_domain::user::{AccessTokenHash, Account, User};

use super::InMemory;

#[async_trait]
impl Accounts for InMemory {
    async fn register(&self, command: RegisterUserCommand) -> Result<Answer<Account>, RegisterError> {
        self.decide(&command)
    }

    async fn user_with_token(&self, hash: AccessTokenHash) -> Result<Option<UserId>, StorageError> {
        let state = self.state();
        let owner = state.set.accounts.iter().find(|account| account.token_hash == hash);
        Ok(owner.map(|account| account.user.id))
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StorageError> {
        let state = self.state();
        let account = state.set.accounts.iter().find(|account| account.user.id == id);
        Ok(account.map(|account| account.user.clone()))
    }
}

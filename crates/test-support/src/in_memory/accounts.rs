use async_trait::async_trait;
use seatline_domain::commands::{RegisterError, RegisterUserCommand};
use seatline_domain::id::UserId;
use seatline_domain::idempotency::Answer;
use seatline_domain::ports::Accounts;
use seatline_domain::storage::StorageError;
use seatline_domain::user::{AccessTokenHash, Account, RegisteredUser, User};

use super::InMemory;

#[async_trait]
impl Accounts for InMemory {
    async fn register(&self, command: RegisterUserCommand) -> Result<Answer<Account>, RegisterError> {
        let answer = self.decide(&command)?;
        self.state().registered_at.entry(answer.value.user.id).or_insert(self.now());
        Ok(answer)
    }

    async fn user_with_token(&self, hash: AccessTokenHash) -> Result<Option<UserId>, StorageError> {
        let mut state = self.state();
        let owner = state.set.accounts.iter().find(|account| account.token_hash == hash);
        let user_id = owner.map(|account| account.user.id);
        if let Some(user_id) = user_id {
            state.idle.remove(&user_id);
        }
        Ok(user_id)
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StorageError> {
        let state = self.state();
        let account = state.set.accounts.iter().find(|account| account.user.id == id);
        Ok(account.map(|account| account.user.clone()))
    }

    async fn registered_user(&self, id: UserId) -> Result<Option<RegisteredUser>, StorageError> {
        let Some(user) = self.user(id).await? else { return Ok(None) };
        let registered_at = self.state().registered_at.get(&id).copied();
        Ok(registered_at.map(|registered_at| RegisteredUser { user, registered_at }))
    }
}

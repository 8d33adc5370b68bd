use async_trait::async_trait;
use seatline_domain::commands::{RegisterError, RegisterUserCommand};
use seatline_domain::id::UserId;
use seatline_domain::idempotency::{Answer, NewcomerKey};
use seatline_domain::ports::Accounts;
use seatline_domain::storage::StorageError;
use seatline_domain::user::{AccessTokenHash, Account, RegisteredUser, User};
use uuid::Uuid;

use crate::lane::submit;
use crate::postgres::Postgres;
use crate::tables::users::{FindRegisteredUser, FindUser};

#[async_trait]
impl Accounts for Postgres {
    async fn register(&self, command: RegisterUserCommand) -> Result<Answer<Account>, RegisterError> {
        // Those with one key meet in one lane: a batch sees what the key did in it.
        let lane = match &command.key {
            Some(NewcomerKey { network, .. }) => Uuid::from_bytes(network.bytes()),
            None => command.user.id.uuid(),
        };
        let answer = submit(&self.cells.home().wallet_lanes, lane, command).await?;
        if !answer.replayed {
            self.metrics.users_registered.increment(1);
        }
        Ok(answer)
    }

    async fn user_with_token(&self, hash: AccessTokenHash) -> Result<Option<UserId>, StorageError> {
        self.users_by_token.get(hash).await
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StorageError> {
        let row = self.shares.browsing.load_one(FindUser { user_id: id.uuid() }).await?;
        Ok(row.map(User::try_from).transpose()?)
    }

    async fn registered_user(&self, id: UserId) -> Result<Option<RegisteredUser>, StorageError> {
        let row = self.shares.browsing.load_one(FindRegisteredUser { user_id: id.uuid() }).await?;
        Ok(row.map(RegisteredUser::try_from).transpose()?)
    }
}

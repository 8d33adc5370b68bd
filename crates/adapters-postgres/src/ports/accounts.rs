use async_trait::async_trait;
use seatline_domain::commands::RegisterUserCommand;
use seatline_domain::id::UserId;
use seatline_domain::ports::Accounts;
use seatline_domain::storage::StorageError;
use seatline_domain::user::{AccessTokenHash, User};

use crate::lane::submit;
use crate::postgres::Postgres;
use crate::tables::users::FindUser;

#[async_trait]
impl Accounts for Postgres {
    async fn register(&self, command: RegisterUserCommand) -> Result<User, StorageError> {
        let user = submit(&self.wallet_lanes, command.user.id.uuid(), command).await?;
        self.metrics.users_registered.increment(1);
        Ok(user)
    }

    async fn user_with_token(&self, hash: AccessTokenHash) -> Result<Option<UserId>, StorageError> {
        self.users_by_token.get(hash).await
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StorageError> {
        let row = self.pool.load_one(FindUser { user_id: id.uuid() }).await?;
        Ok(row.map(User::try_from).transpose()?)
    }
}

use std::collections::HashMap;

use async_trait::async_trait;
use diesel::sql_types::{Array, Binary, Nullable, Text, Uuid as SqlUuid};
use seatline_domain::commands::RegisterUserCommand;
use seatline_domain::id::UserId;
use seatline_domain::ports::Accounts;
use seatline_domain::storage::StorageError;
use seatline_domain::user::{AccessTokenHash, User, UserName};
use uuid::Uuid;

use crate::Postgres;
use crate::lane::{Fetch, submit};
use crate::pool::Pool;
use crate::statement::statement;
use crate::tables::CorruptRow;

statement! {
    /// Whose tokens have these hashes.
    FindUsersByToken { token_hashes: Vec<Vec<u8>> => Array<Binary> } -> (Vec<u8>, Uuid) = (Binary, SqlUuid);
    "SELECT token_hash, user_id FROM users WHERE token_hash = ANY(?)"
}

statement! {
    /// One user.
    FindUser { user_id: Uuid => SqlUuid } -> (Uuid, Option<String>) = (SqlUuid, Nullable<Text>);
    "SELECT user_id, name FROM users WHERE user_id = ?"
}

/// Finds out whose tokens are asked for, many at a time.
pub(crate) struct UsersByToken {
    pub(crate) pool: Pool,
}

#[async_trait]
impl Fetch for UsersByToken {
    type Key = AccessTokenHash;
    type Value = UserId;

    async fn fetch(
        &self,
        keys: Vec<AccessTokenHash>,
    ) -> Result<HashMap<AccessTokenHash, UserId>, StorageError> {
        let token_hashes = keys.iter().map(|hash| hash.bytes().to_vec()).collect();
        let rows = self.pool.load(FindUsersByToken { token_hashes }).await?;
        let read = |(hash, user_id): (Vec<u8>, Uuid)| {
            let hash = <[u8; 32]>::try_from(hash).map_err(|_| CorruptRow::wrong("token hash", user_id))?;
            Ok((AccessTokenHash::new(hash), UserId::new(user_id)))
        };
        rows.into_iter().map(read).collect()
    }
}

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
        let Some((_, name)) = self.pool.load_one(FindUser { user_id: id.uuid() }).await? else {
            return Ok(None);
        };
        let parse =
            |name: String| UserName::parse(&name).map_err(|_| CorruptRow::wrong("name of a user", id));
        Ok(Some(User { id, name: name.map(parse).transpose()? }))
    }
}

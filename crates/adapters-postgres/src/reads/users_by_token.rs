use std::collections::HashMap;

use async_trait::async_trait;
use seatline_domain::id::UserId;
use seatline_domain::storage::StorageError;
use seatline_domain::user::AccessTokenHash;

use crate::lane::Fetch;
use crate::pool::Pool;
use crate::tables::users::{FindTokenOwners, token_owner};

/// Finds the owners of access tokens, many at a time.
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
        let rows = self.pool.load(FindTokenOwners { token_hashes }).await?;
        rows.into_iter().map(|row| Ok(token_owner(row)?)).collect()
    }
}

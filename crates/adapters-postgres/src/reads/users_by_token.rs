use std::collections::HashMap;

use async_trait::async_trait;
use seatline_domain::id::UserId;
use seatline_domain::storage::StorageError;
use seatline_domain::user::AccessTokenHash;
use uuid::Uuid;

use crate::lane::Fetch;
use crate::pool::Pool;
use crate::tables::idle_accounts::DeleteIdleAccounts;
use crate::tables::users::{FindTokenOwners, TokenOwnerRow, token_owner};

/// Finds the owners of access tokens, many at a time. Those who were about to be removed are in use again.
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
        let find = FindTokenOwners { token_hashes: keys.iter().map(|hash| hash.bytes().to_vec()).collect() };
        let mut rows = self.pool.load(find.clone()).await?;
        let used_again: Vec<Uuid> = rows.iter().filter_map(TokenOwnerRow::idle_owner).collect();
        if !used_again.is_empty() {
            // Whoever is removed at this moment is waited for, and gone afterwards.
            self.pool.lease().await?.execute(DeleteIdleAccounts { user_id: used_again }).await?;
            rows = self.pool.load(find).await?;
        }
        rows.into_iter().map(|row| Ok(token_owner(row)?)).collect()
    }
}

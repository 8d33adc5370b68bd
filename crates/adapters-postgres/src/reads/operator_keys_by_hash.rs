use std::collections::HashMap;

use async_trait::async_trait;
use seatline_domain::operator_key::{OperatorKey, OperatorKeyHash};
use seatline_domain::storage::StorageError;

use crate::lane::Fetch;
use crate::pool::Pool;
use crate::tables::operator_keys::FindKeysByHash;

/// Finds operators' keys by their hashes, many at a time.
pub(crate) struct OperatorKeysByHash {
    pub(crate) pool: Pool,
}

#[async_trait]
impl Fetch for OperatorKeysByHash {
    type Key = OperatorKeyHash;
    type Value = OperatorKey;

    async fn fetch(
        &self,
        keys: Vec<OperatorKeyHash>,
    ) -> Result<HashMap<OperatorKeyHash, OperatorKey>, StorageError> {
        let find = FindKeysByHash { key_hash: keys.iter().map(|hash| hash.bytes().to_vec()).collect() };
        let rows = self.pool.load(find).await?;
        rows.into_iter()
            .map(|row| {
                let key = OperatorKey::try_from(row)?;
                Ok((key.hash, key))
            })
            .collect()
    }
}

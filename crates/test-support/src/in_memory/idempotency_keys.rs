use async_trait::async_trait;
use seatline_domain::ports::IdempotencyKeys;
use seatline_domain::storage::StorageError;

use super::InMemory;

#[async_trait]
impl IdempotencyKeys for InMemory {
    async fn delete_expired(&self, limit: u16) -> Result<usize, StorageError> {
        let (mut state, now) = (self.state(), self.now());
        let expired = state.set.keys.iter().filter(|(_, recorded)| recorded.has_expired(now));
        let mut expired: Vec<_> =
            expired.map(|(key, recorded)| (recorded.recorded_at, key.clone())).collect();
        expired.sort();
        expired.truncate(limit.into());
        for (_, key) in &expired {
            state.set.keys.remove(key);
        }
        Ok(expired.len())
    }
}

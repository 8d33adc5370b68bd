use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use seatline_domain::audit::OperatorId;
use seatline_domain::operator_key::{OperatorKey, OperatorKeyHash, Role};
use seatline_domain::ports::OperatorKeys;
use seatline_domain::storage::StorageError;
use tokio::time::Instant;

use super::BearerKey;

/// The holder of an operators' key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownOperator {
    /// The operator that they are.
    pub operator: OperatorId,
    /// What they may do.
    pub role: Role,
}

/// Authenticates operators by the keys that the owner made.
///
/// A key that was found is taken to be good for [`Self::FRESH_FOR`] from the instant at which it was asked for, so that
/// one that was deleted is dead on every instance soon, however long a look-up takes.
pub struct AuthenticateOperator {
    keys: Arc<dyn OperatorKeys>,
    known: Cache<OperatorKeyHash, Known>,
}

#[derive(Clone, Copy)]
struct Known {
    operator: KnownOperator,
    asked_at: Instant,
}

impl AuthenticateOperator {
    /// How long a key that was found is taken to be good.
    pub const FRESH_FOR: Duration = Duration::from_secs(1);
    /// How long it is remembered that a key was good.
    pub const REMEMBERED_FOR: Duration = Duration::from_mins(10);
    /// How many keys are remembered.
    pub const REMEMBERED_MAX: u64 = 10_000;

    /// Over these keys.
    pub fn new(keys: Arc<dyn OperatorKeys>) -> Self {
        let known =
            Cache::builder().max_capacity(Self::REMEMBERED_MAX).time_to_live(Self::REMEMBERED_FOR).build();
        Self { keys, known }
    }

    /// The holder of a key; `None` when it is nobody's, or was deleted.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(&self, key: &BearerKey) -> Result<Option<KnownOperator>, StorageError> {
        self.with_hash(key.hash()).await
    }

    /// The holder of the key with this hash, as [`execute`](Self::execute) finds them.
    pub(super) async fn with_hash(
        &self,
        hash: OperatorKeyHash,
    ) -> Result<Option<KnownOperator>, StorageError> {
        let asked_at = Instant::now();
        if let Some(known) = self.known.get(&hash)
            && asked_at.duration_since(known.asked_at) < Self::FRESH_FOR
        {
            return Ok(Some(known.operator));
        }
        let Some(found) = self.keys.with_hash(hash).await? else {
            self.known.invalidate(&hash);
            return Ok(None);
        };
        let operator = KnownOperator { operator: found.operator(), role: found.role };
        self.known.insert(hash, Known { operator, asked_at });
        Ok(Some(operator))
    }

    /// Whether a key was good a while ago: then it is hardly a guess.
    pub fn remembers(&self, key: &BearerKey) -> bool {
        self.known.contains_key(&key.hash())
    }

    /// Forgets a key that was deleted.
    pub(super) fn forget(&self, key: &OperatorKey) {
        self.known.invalidate(&key.hash);
    }
}

use async_trait::async_trait;

use crate::invariant::Violation;
use crate::storage::StorageError;

/// Looks for broken invariants.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Inspection: Send + Sync {
    /// Everything that breaks an invariant, at most a hundred findings each. Reads one consistent snapshot.
    async fn violations(&self) -> Result<Vec<Violation>, StorageError>;
}

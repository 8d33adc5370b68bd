use async_trait::async_trait;

use crate::audit::AuditEntry;
use crate::id::ConcertId;
use crate::page::{Page, PageRequest};
use crate::storage::StorageError;

/// Reads the record.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// The entries of a concert, newest first; the cursor is an entry's place in the record.
    async fn entries(
        &self,
        concert_id: ConcertId,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditEntry, i64>, StorageError>;
}

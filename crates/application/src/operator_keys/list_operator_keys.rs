use std::sync::Arc;

use seatline_domain::operator_key::OperatorKey;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::OperatorKeys;
use seatline_domain::storage::StorageError;

/// Lists operators' keys.
pub struct ListOperatorKeys {
    /// Keeps the keys.
    pub keys: Arc<dyn OperatorKeys>,
}

impl ListOperatorKeys {
    /// One page of those that are good, newest first.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(&self, page: PageRequest<i64>) -> Result<Page<OperatorKey, i64>, StorageError> {
        self.keys.keys(page).await
    }
}

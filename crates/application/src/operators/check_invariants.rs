use std::sync::Arc;

use seatline_domain::invariant::Violation;
use seatline_domain::ports::Inspection;
use seatline_domain::storage::StorageError;

/// Looks for anything that breaks what must always hold.
pub struct CheckInvariants {
    /// Looks for them.
    pub inspection: Arc<dyn Inspection>,
}

impl CheckInvariants {
    /// All violations; none is good news.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(&self) -> Result<Vec<Violation>, StorageError> {
        self.inspection.violations().await
    }
}

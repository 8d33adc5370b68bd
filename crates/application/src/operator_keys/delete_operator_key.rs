use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{DeleteOperatorKeyCommand, DeleteOperatorKeyError};
use seatline_domain::id::{AuditEntryId, OperatorKeyId};
use seatline_domain::ports::{Ids, OperatorKeys};

use super::AuthenticateOperator;

/// Deletes operators' keys.
pub struct DeleteOperatorKey {
    /// Keeps the keys.
    pub keys: Arc<dyn OperatorKeys>,
    /// Remembers keys for a moment.
    pub authenticate: Arc<AuthenticateOperator>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl DeleteOperatorKey {
    /// Deletes a key for this owner. It is dead on this instance at once, and on others after a moment.
    ///
    /// # Errors
    /// [`DeleteOperatorKeyError::NotFound`] when there never was such a key.
    pub async fn execute(&self, owner: OperatorId, id: OperatorKeyId) -> Result<(), DeleteOperatorKeyError> {
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator: owner };
        let deleted = self.keys.delete(DeleteOperatorKeyCommand { id, stamp }).await?;
        self.authenticate.forget(&deleted);
        Ok(())
    }
}

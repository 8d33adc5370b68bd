use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{DeleteWebhookCommand, WebhookError};
use seatline_domain::id::{AuditEntryId, WebhookId};
use seatline_domain::ports::{Ids, Webhooks};

/// Deletes webhooks.
pub struct DeleteWebhook {
    /// Keeps the webhooks.
    pub webhooks: Arc<dyn Webhooks>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl DeleteWebhook {
    /// Deletes a webhook for the owner. Deleting it again changes nothing.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`] when there never was one; storage's.
    pub async fn execute(&self, owner: OperatorId, id: WebhookId) -> Result<(), WebhookError> {
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator: owner };
        self.webhooks.delete(DeleteWebhookCommand { id, stamp }).await.map(drop)
    }
}

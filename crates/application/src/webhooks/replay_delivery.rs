use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{ReplayDeliveryCommand, WebhookError};
use seatline_domain::id::{AuditEntryId, EventId, WebhookId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::{Deliveries, Ids};
use seatline_domain::webhook::Delivery;

/// Delivers events once more.
pub struct ReplayDelivery {
    /// Keeps the deliveries.
    pub deliveries: Arc<dyn Deliveries>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl ReplayDelivery {
    /// Has an event delivered to a webhook once more, for the owner.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`], [`WebhookError::DeliveryNotFound`]; storage's.
    pub async fn execute(
        &self,
        owner: OperatorId,
        webhook_id: WebhookId,
        event_id: EventId,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<Delivery>, WebhookError> {
        let stamp = AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator: owner };
        self.deliveries.replay(ReplayDeliveryCommand { webhook_id, event_id, stamp, key }).await
    }
}

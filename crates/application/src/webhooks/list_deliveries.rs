use std::sync::Arc;

use seatline_domain::commands::WebhookError;
use seatline_domain::id::WebhookId;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::{Deliveries, Webhooks};
use seatline_domain::webhook::Delivery;

/// Lists the deliveries of a webhook.
pub struct ListDeliveries {
    /// Keeps the webhooks.
    pub webhooks: Arc<dyn Webhooks>,
    /// Keeps the deliveries.
    pub deliveries: Arc<dyn Deliveries>,
}

impl ListDeliveries {
    /// One page of them, newest first.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`]; storage's.
    pub async fn execute(
        &self,
        webhook_id: WebhookId,
        page: PageRequest<i64>,
    ) -> Result<Page<Delivery, i64>, WebhookError> {
        if self.webhooks.webhook(webhook_id).await?.is_none() {
            return Err(WebhookError::NotFound);
        }
        Ok(self.deliveries.deliveries(webhook_id, page).await?)
    }
}

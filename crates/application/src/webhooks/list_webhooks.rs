use std::sync::Arc;

use seatline_domain::commands::WebhookError;
use seatline_domain::id::WebhookId;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Webhooks;
use seatline_domain::storage::StorageError;
use seatline_domain::webhook::Webhook;

/// Lists webhooks.
pub struct ListWebhooks {
    /// Keeps the webhooks.
    pub webhooks: Arc<dyn Webhooks>,
}

impl ListWebhooks {
    /// One page of those that were not deleted, newest first.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(&self, page: PageRequest<i64>) -> Result<Page<Webhook, i64>, StorageError> {
        self.webhooks.webhooks(page).await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`]; storage's.
    pub async fn one(&self, id: WebhookId) -> Result<Webhook, WebhookError> {
        self.webhooks.webhook(id).await?.ok_or(WebhookError::NotFound)
    }
}

use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{ChangeWebhookCommand, WebhookError};
use seatline_domain::id::{AuditEntryId, WebhookId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::{Ids, Webhooks};
use seatline_domain::webhook::{Webhook, WebhookChange};

use super::new_secret;

/// Changes webhooks.
pub struct ChangeWebhook {
    /// Keeps the webhooks.
    pub webhooks: Arc<dyn Webhooks>,
    /// Makes the new id.
    pub ids: Arc<dyn Ids>,
}

impl ChangeWebhook {
    /// Changes a webhook for the owner, records the change for audit, and gives the webhook. A repeated key changes nothing.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`]; storage's.
    pub async fn execute(
        &self,
        owner: OperatorId,
        id: WebhookId,
        change: WebhookChange,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<Webhook>, WebhookError> {
        let stamp = self.stamp(owner);
        self.webhooks.change(ChangeWebhookCommand { id, change, secret: None, stamp, key }).await
    }

    /// Gives a webhook a new secret. The one that it had signs beside it for a day.
    ///
    /// # Errors
    /// [`WebhookError::NotFound`]; storage's.
    pub async fn replace_secret(
        &self,
        owner: OperatorId,
        id: WebhookId,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<Webhook>, WebhookError> {
        let (stamp, secret) = (self.stamp(owner), Some(new_secret()?));
        let change = WebhookChange::default();
        let answer = self.webhooks.change(ChangeWebhookCommand { id, change, secret, stamp, key }).await?;
        Ok(Answer { created: true, ..answer })
    }

    fn stamp(&self, operator: OperatorId) -> AuditStamp {
        AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator }
    }
}

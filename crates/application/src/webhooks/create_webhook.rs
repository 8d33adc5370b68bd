use std::sync::Arc;

use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{CreateWebhookCommand, WebhookError};
use seatline_domain::event::EventKinds;
use seatline_domain::id::{AuditEntryId, WebhookId};
use seatline_domain::idempotency::{Answer, IdempotencyKey};
use seatline_domain::ports::{Ids, WebhookCalls, Webhooks};
use seatline_domain::webhook::{Webhook, WebhookUrl, WebhookUrlError};

use super::new_secret;

/// A webhook to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// Its address.
    pub url: WebhookUrl,
    /// The kinds of events that it wants.
    pub events: EventKinds,
}

/// Makes webhooks.
pub struct CreateWebhook {
    /// Keeps the webhooks.
    pub webhooks: Arc<dyn Webhooks>,
    /// Knows which addresses may be called.
    pub calls: Arc<dyn WebhookCalls>,
    /// Makes the new ids.
    pub ids: Arc<dyn Ids>,
}

impl CreateWebhook {
    /// Reads the address of a webhook.
    ///
    /// # Errors
    /// [`WebhookUrlError`].
    pub fn read_url(&self, url: &str) -> Result<WebhookUrl, WebhookUrlError> {
        self.calls.read_url(url)
    }

    /// Makes a webhook for the owner, or finds the one that the idempotency key made. Whatever is asked for afterwards is
    /// told to it, by every instance.
    ///
    /// # Errors
    /// [`WebhookError`] naming the rule that is broken; storage's.
    pub async fn execute(
        &self,
        owner: OperatorId,
        new: NewWebhook,
        key: Option<IdempotencyKey>,
    ) -> Result<Answer<Webhook>, WebhookError> {
        let command = CreateWebhookCommand {
            id: WebhookId::new(self.ids.next()),
            url: new.url,
            events: new.events,
            secret: new_secret()?,
            stamp: AuditStamp { entry_id: AuditEntryId::new(self.ids.next()), operator: owner },
            key,
        };
        self.webhooks.create(command).await
    }
}

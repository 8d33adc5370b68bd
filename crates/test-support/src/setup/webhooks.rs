use seatline_domain::commands::CreateWebhookCommand;
use seatline_domain::event::EventKinds;
use seatline_domain::id::WebhookId;
use seatline_domain::webhook::{Webhook, WebhookSecret, WebhookUrl};

use super::Setup;

impl Setup<'_> {
    /// A new webhook for these kinds of events.
    pub async fn webhook(&self, kinds: EventKinds) -> Webhook {
        self.ports.webhooks.create(webhook_command(*self, kinds)).await.unwrap().value
    }
}

/// The command that makes a webhook for these kinds of events.
pub(crate) fn webhook_command(setup: Setup<'_>, kinds: EventKinds) -> CreateWebhookCommand {
    CreateWebhookCommand {
        id: WebhookId::new(setup.id()),
        url: WebhookUrl::normalised("https://shop.example/hooks".into()).unwrap(),
        events: kinds,
        secret: WebhookSecret::new([7; 32]),
        stamp: setup.stamp(),
        key: None,
    }
}

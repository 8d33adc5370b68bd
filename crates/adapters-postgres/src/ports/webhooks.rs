use async_trait::async_trait;
use seatline_domain::commands::{
    ChangeWebhookCommand, CreateWebhookCommand, DeleteWebhookCommand, GiveUpWebhookCommand, WebhookError,
};
use seatline_domain::id::WebhookId;
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Webhooks;
use seatline_domain::storage::StorageError;
use seatline_domain::webhook::Webhook;
use tokio::time::sleep;
use uuid::Uuid;

use crate::lane::submit;
use crate::postgres::Postgres;
use crate::tables::CorruptRow;
use crate::tables::webhooks::{FindWebhook, FindWebhooksBefore, listed_webhook};
use crate::wanted_events::WantedEvents;

/// All changes of webhooks meet in one lane: they take turns anyway.
pub(super) const LANE: Uuid = Uuid::nil();

impl Postgres {
    /// Waits until every instance knows, or believes what it knew no longer.
    async fn known_everywhere(&self) {
        sleep(WantedEvents::AGE_MAX).await;
    }
}

#[async_trait]
impl Webhooks for Postgres {
    async fn create(&self, command: CreateWebhookCommand) -> Result<Answer<Webhook>, WebhookError> {
        let made = submit(&self.cells.home().wallet_lanes, LANE, command).await?;
        self.known_everywhere().await;
        Ok(made)
    }

    async fn change(&self, command: ChangeWebhookCommand) -> Result<Answer<Webhook>, WebhookError> {
        let wants_other = command.change.events.is_some() || command.change.enabled.is_some();
        let changed = submit(&self.cells.home().wallet_lanes, LANE, command).await?;
        if wants_other {
            self.known_everywhere().await;
        }
        Ok(changed)
    }

    async fn delete(&self, command: DeleteWebhookCommand) -> Result<Webhook, WebhookError> {
        submit(&self.cells.home().wallet_lanes, LANE, command).await
    }

    async fn give_up(&self, command: GiveUpWebhookCommand) -> Result<bool, StorageError> {
        submit(&self.cells.home().wallet_lanes, LANE, command).await
    }

    async fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>, StorageError> {
        let row = self.shares.browsing.load_one(FindWebhook { webhook_id: id.uuid() }).await?;
        Ok(row.map(Webhook::try_from).transpose()?)
    }

    async fn webhooks(&self, page: PageRequest<i64>) -> Result<Page<Webhook, i64>, StorageError> {
        let statement = FindWebhooksBefore {
            before: page.after.unwrap_or(i64::MAX),
            limit: i64::from(page.limit.get()) + 1,
        };
        let rows = self.shares.browsing.load(statement).await?;
        let webhooks = rows.into_iter().map(listed_webhook).collect::<Result<Vec<_>, CorruptRow>>()?;
        Ok(Page::from_surplus(webhooks, page.limit, |(sequence, _)| *sequence).map(|(_, webhook)| webhook))
    }
}

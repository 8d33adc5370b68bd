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

use super::InMemory;
use super::paging::page_of;

#[async_trait]
impl Webhooks for InMemory {
    async fn create(&self, command: CreateWebhookCommand) -> Result<Answer<Webhook>, WebhookError> {
        let answer = self.decide(&command)?;
        if !answer.replayed {
            self.state().webhooks.push(answer.value.id);
        }
        Ok(answer)
    }

    async fn change(&self, command: ChangeWebhookCommand) -> Result<Answer<Webhook>, WebhookError> {
        let answer = self.decide(&command)?;
        if answer.value.enabled {
            self.state().events.failing_since.remove(&answer.value.id);
        }
        Ok(answer)
    }

    async fn delete(&self, command: DeleteWebhookCommand) -> Result<Webhook, WebhookError> {
        self.decide(&command)
    }

    async fn give_up(&self, command: GiveUpWebhookCommand) -> Result<bool, StorageError> {
        self.decide(&command)
    }

    async fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>, StorageError> {
        let state = self.state();
        Ok(state.set.webhooks.get(&id).filter(|webhook| webhook.deleted_at.is_none()).cloned())
    }

    async fn webhooks(&self, page: PageRequest<i64>) -> Result<Page<Webhook, i64>, StorageError> {
        let state = self.state();
        let made = state.webhooks.iter().filter_map(|id| state.set.webhooks.get(id));
        let newest_first: Vec<_> = (1..).zip(made).collect();
        let there = newest_first.into_iter().rev().filter(|(place, webhook)| {
            // One that was deleted since is a place all the same.
            webhook.deleted_at.is_none() || page.after == Some(*place)
        });
        Ok(page_of(there, page, |(place, _)| *place).map(|(_, webhook)| webhook.clone()))
    }
}

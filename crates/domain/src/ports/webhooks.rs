use async_trait::async_trait;

use crate::commands::{
    ChangeWebhookCommand, CreateWebhookCommand, DeleteWebhookCommand, GiveUpWebhookCommand, WebhookError,
};
use crate::id::WebhookId;
use crate::idempotency::Answer;
use crate::page::{Page, PageRequest};
use crate::storage::StorageError;
use crate::webhook::Webhook;

/// Keeps webhooks.
///
/// Whatever is asked for after a webhook was made or changed is told to it, on every instance: making and changing one
/// takes as long as instances remember which kinds of events are wanted.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// Makes a webhook; a repeated idempotency key gives the webhook that it made.
    async fn create(&self, command: CreateWebhookCommand) -> Result<Answer<Webhook>, WebhookError>;

    /// Changes a webhook, or replaces its secret.
    async fn change(&self, command: ChangeWebhookCommand) -> Result<Answer<Webhook>, WebhookError>;

    /// Deletes a webhook. Deleting it again changes nothing.
    async fn delete(&self, command: DeleteWebhookCommand) -> Result<Webhook, WebhookError>;

    /// Disables a webhook that has only failed for days; says whether that is news.
    async fn give_up(&self, command: GiveUpWebhookCommand) -> Result<bool, StorageError>;

    /// One webhook, unless it was deleted.
    async fn webhook(&self, id: WebhookId) -> Result<Option<Webhook>, StorageError>;

    /// The webhooks that were not deleted, newest first. Whoever has read one has been able to read all that were made
    /// before it.
    async fn webhooks(&self, page: PageRequest<i64>) -> Result<Page<Webhook, i64>, StorageError>;
}

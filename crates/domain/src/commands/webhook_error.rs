use thiserror::Error;

use crate::idempotency::KeyReused;
use crate::storage::StorageError;
use crate::webhook::policy;

/// Error of changing webhooks, or their deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WebhookError {
    /// There is no such webhook.
    #[error("there is no such webhook")]
    NotFound,
    /// The webhook has no such delivery.
    #[error("there is no such delivery")]
    DeliveryNotFound,
    /// There are as many webhooks as there may be.
    #[error("there are at most {} webhooks", policy::WEBHOOKS_MAX)]
    TooMany,
    /// The idempotency key was used before, for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

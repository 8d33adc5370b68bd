use async_trait::async_trait;
use uuid::Uuid;

use crate::commands::{ReplayDeliveryCommand, WebhookError};
use crate::event::EventPosition;
use crate::id::WebhookId;
use crate::idempotency::Answer;
use crate::page::{Page, PageRequest};
use crate::storage::StorageError;
use crate::webhook::{Delivery, DeliveryLease, DueDelivery, RecordedAttempts, SettledDelivery};

/// Keeps the deliveries of published events to webhooks.
///
/// Whoever delivers to a webhook holds its lease, which lapses after a few seconds without a call. Of events with one
/// subject, a later one is not due while an earlier one is pending.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// Takes the leases of webhooks that have something due and that nobody holds, at most `limit`. Deleted and disabled
    /// webhooks have nothing due.
    async fn lease(&self, holder: Uuid, limit: u16) -> Result<Vec<DeliveryLease>, StorageError>;

    /// The next deliveries that are due, at most `limit`, without those that are under way; and prolongs the lease. `None`
    /// when somebody else holds it, or the webhook is not delivered to any more.
    async fn due(
        &self,
        lease: &DeliveryLease,
        under_way: &[EventPosition],
        limit: u16,
    ) -> Result<Option<Vec<DueDelivery>>, StorageError>;

    /// Records attempts, and prolongs the lease. What comes after a delivery that is not pending any more is due. `None`, and
    /// nothing recorded, when somebody else holds the lease.
    async fn record(
        &self,
        lease: &DeliveryLease,
        settled: Vec<SettledDelivery>,
    ) -> Result<Option<RecordedAttempts>, StorageError>;

    /// Gives a lease back.
    async fn release(&self, lease: &DeliveryLease) -> Result<(), StorageError>;

    /// Delivers an event once more.
    async fn replay(&self, command: ReplayDeliveryCommand) -> Result<Answer<Delivery>, WebhookError>;

    /// The deliveries of a webhook, newest first.
    async fn deliveries(
        &self,
        webhook_id: WebhookId,
        page: PageRequest<i64>,
    ) -> Result<Page<Delivery, i64>, StorageError>;
}

use async_trait::async_trait;

use crate::event::{EventPosition, PublishedEvent};
use crate::page::PageLimit;
use crate::storage::StorageError;
use crate::webhook::EventBacklog;

/// Publishes what batches have told, and keeps it for a time.
///
/// An event is told in the commit of what it is about, and published afterwards: it gets its place among all, and a pending
/// delivery for each webhook that wants it. One that depends on another has a later place; no place is given out before one
/// that comes earlier can be read. An event that nobody wants any more is not published, unless all are kept.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait EventFeed: Send + Sync {
    /// Publishes the next events that were told, at most `limit`, unless somebody else does at the moment. Gives how many
    /// were looked at.
    async fn publish(&self, limit: u16) -> Result<usize, StorageError>;

    /// The events after a place, in their order.
    async fn after(
        &self,
        place: EventPosition,
        limit: PageLimit,
    ) -> Result<Vec<PublishedEvent>, StorageError>;

    /// Removes events, with their deliveries, that were published [so long](crate::webhook::policy::KEEP_EVENTS) ago, the
    /// oldest first, at most `limit`. Gives their number.
    async fn forget(&self, limit: u16) -> Result<usize, StorageError>;

    /// What waits at the moment.
    async fn backlog(&self) -> Result<EventBacklog, StorageError>;
}

use std::sync::Arc;

use seatline_domain::event::{EventPosition, PublishedEvent};
use seatline_domain::page::PageLimit;
use seatline_domain::ports::EventFeed;
use seatline_domain::storage::StorageError;

/// Events of the feed, and the place after which the next ones come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// The events, in the order of their commits.
    pub events: Vec<PublishedEvent>,
    /// The place of the last of them; where there are none, the one that was asked about.
    pub next: EventPosition,
}

/// Lists events for those who would rather ask.
pub struct ListEvents {
    /// The events.
    pub feed: Arc<dyn EventFeed>,
}

impl ListEvents {
    /// The events after a place, from the first that is kept when none is named.
    ///
    /// # Errors
    /// Storage's.
    pub async fn execute(
        &self,
        after: Option<EventPosition>,
        limit: PageLimit,
    ) -> Result<EventPage, StorageError> {
        let after = after.unwrap_or(EventPosition::START);
        let events = self.feed.after(after, limit).await?;
        let next = events.last().map_or(after, |event| event.position);
        Ok(EventPage { events, next })
    }
}

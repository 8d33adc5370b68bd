use std::time::Duration;

use async_trait::async_trait;
use seatline_domain::event::{EventPosition, PublishedEvent};
use seatline_domain::page::PageLimit;
use seatline_domain::ports::EventFeed;
use seatline_domain::storage::StorageError;
use seatline_domain::webhook::{EventBacklog, policy};

use crate::failure::Failure;
use crate::pool::{Lease, time_of_read};
use crate::postgres::Postgres;
use crate::tables::events::{CountBacklog, DeleteEvents, FindEventsAfter, FindTold, publish};
use crate::tables::readable;

/// How long publishing gives way to those who hold, pay and charge, before each step.
const GIVE_WAY: Duration = Duration::from_millis(400);
/// The most pending deliveries that are counted.
const PENDING_MAX: i64 = 100_000;

#[async_trait]
impl EventFeed for Postgres {
    async fn publish(&self, limit: u16) -> Result<usize, StorageError> {
        // As a rule nothing was told: then nothing is locked.
        if self.shares.events.load_one(FindTold {}).await?.is_none() {
            return Ok(0);
        }
        self.give_way(GIVE_WAY).await;
        let lease = self.shares.events.begin().await?;
        let published = publish(&lease, limit.into(), self.wanted_events.wants_all()).await;
        Ok(usize::try_from(lease.finish(published).await?).unwrap_or(0))
    }

    async fn after(
        &self,
        place: EventPosition,
        limit: PageLimit,
    ) -> Result<Vec<PublishedEvent>, StorageError> {
        let statement = FindEventsAfter { position: place.get(), limit: limit.get().into() };
        let rows = self.shares.browsing.load(statement).await?;
        Ok(rows.into_iter().map(PublishedEvent::try_from).filter_map(readable).collect())
    }

    async fn forget(&self, limit: u16) -> Result<usize, StorageError> {
        let lease = self.shares.events.begin().await?;
        let forgotten = forget(&lease, limit).await;
        Ok(usize::try_from(lease.finish(forgotten).await?).unwrap_or(0))
    }

    async fn backlog(&self) -> Result<EventBacklog, StorageError> {
        let row = self.shares.events.load_one(CountBacklog { limit: PENDING_MAX }).await?;
        Ok(row.map_or_else(EventBacklog::default, |row| EventBacklog {
            pending: u64::try_from(row.pending).unwrap_or_default(),
            oldest: u64::try_from(row.oldest_ms).ok().map(Duration::from_millis),
        }))
    }
}

async fn forget(lease: &Lease, limit: u16) -> Result<i64, Failure> {
    let published_until = time_of_read(lease).await? - policy::KEEP_EVENTS;
    let gone = lease.load(DeleteEvents { limit: limit.into(), published_until }).await?;
    Ok(gone.into_iter().next().unwrap_or_default())
}

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use async_trait::async_trait;
use seatline_domain::Timestamp;
use seatline_domain::event::{Event, EventPosition, PublishedEvent};
use seatline_domain::id::{EventId, WebhookId};
use seatline_domain::page::PageLimit;
use seatline_domain::ports::EventFeed;
use seatline_domain::storage::StorageError;
use seatline_domain::webhook::{Delivery, DeliveryState, EventBacklog, policy};
use uuid::Uuid;

use super::{InMemory, State};

/// What was told and published, and who delivers it.
#[derive(Debug, Default)]
pub(super) struct Events {
    pub(super) told: Vec<Event>,
    pub(super) published: BTreeMap<EventPosition, Published>,
    last: i64,
    pub(super) leases: HashMap<WebhookId, (Uuid, Timestamp)>,
    pub(super) failed_attempts: HashMap<(WebhookId, EventId), u32>,
    pub(super) failing_since: HashMap<WebhookId, Timestamp>,
}

/// An event, what it is about, and when it was published.
#[derive(Debug, Clone)]
pub(super) struct Published {
    pub(super) event: PublishedEvent,
    pub(super) subject: Uuid,
    at: Timestamp,
}

impl State {
    /// Publishes the next events that were told, so many at most; gives their number.
    pub(super) fn publish_told(&mut self, limit: usize, now: Timestamp) -> usize {
        let step = self.events.told.len().min(limit);
        let told: Vec<_> = self.events.told.drain(..step).collect();
        for event in &told {
            self.publish(event, now);
        }
        step
    }

    fn publish(&mut self, event: &Event, now: Timestamp) {
        let kind = event.body.kind();
        let wanting: Vec<WebhookId> =
            self.set.webhooks.iter().filter(|(_, webhook)| webhook.wants(kind)).map(|(id, _)| *id).collect();
        if wanting.is_empty() {
            return;
        }
        self.events.last += 1;
        let position = EventPosition::new(self.events.last);
        let id = EventId::new(Uuid::from_u128(u128::try_from(self.events.last).unwrap() << 64));
        let published = PublishedEvent { position, id, kind, at: event.at, data: "{}".into() };
        let subject = event.subject();
        self.events.published.insert(position, Published { event: published, subject, at: now });
        for webhook_id in wanting {
            let delivery = Delivery {
                webhook_id,
                position,
                event_id: id,
                kind,
                state: DeliveryState::Pending,
                attempts: Vec::new(),
                next_attempt_at: Some(now),
            };
            self.set.deliveries.insert((webhook_id, id), delivery);
        }
    }
}

#[async_trait]
impl EventFeed for InMemory {
    async fn publish(&self, limit: u16) -> Result<usize, StorageError> {
        let (mut state, now) = (self.state(), self.now());
        Ok(state.publish_told(limit.into(), now))
    }

    async fn after(
        &self,
        place: EventPosition,
        limit: PageLimit,
    ) -> Result<Vec<PublishedEvent>, StorageError> {
        let state = self.state();
        let after = state.events.published.range(EventPosition::new(place.get() + 1)..);
        Ok(after.take(limit.get().into()).map(|(_, published)| published.event.clone()).collect())
    }

    async fn forget(&self, limit: u16) -> Result<usize, StorageError> {
        let (mut state, until) = (self.state(), self.now() - policy::KEEP_EVENTS);
        let oldest = state.events.published.values().take(limit.into());
        let gone: Vec<_> =
            oldest.filter(|one| one.at <= until).map(|one| (one.event.position, one.event.id)).collect();
        for (position, event_id) in &gone {
            state.events.published.remove(position);
            let of_event = state.set.deliveries.iter().map(|(key, _)| *key).filter(|(_, id)| id == event_id);
            for key in of_event.collect::<Vec<_>>() {
                state.set.deliveries.remove(&key);
            }
        }
        Ok(gone.len())
    }

    async fn backlog(&self) -> Result<EventBacklog, StorageError> {
        let (state, now) = (self.state(), self.now());
        let pending =
            || state.set.deliveries.iter().filter(|(_, delivery)| delivery.state == DeliveryState::Pending);
        let published = |id| state.events.published.values().find(|one| one.event.id == id);
        let waiting = pending().filter_map(|((webhook_id, id), _)| {
            let webhook = state.set.webhooks.get(webhook_id)?;
            (!webhook.wanted().is_empty()).then(|| published(*id).map(|one| one.event.at))?
        });
        let oldest = state.events.told.iter().map(|event| event.at).chain(waiting).min();
        let age = |at: Timestamp| (now - at).to_std().unwrap_or(Duration::ZERO);
        let pending = u64::try_from(pending().count()).unwrap_or(u64::MAX);
        Ok(EventBacklog { pending, oldest: oldest.map(age) })
    }
}

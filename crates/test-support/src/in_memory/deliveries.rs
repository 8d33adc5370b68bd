use std::collections::HashSet;

use async_trait::async_trait;
use chrono::TimeDelta;
use seatline_domain::Timestamp;
use seatline_domain::commands::{ReplayDeliveryCommand, WebhookError};
use seatline_domain::event::EventPosition;
use seatline_domain::id::WebhookId;
use seatline_domain::idempotency::Answer;
use seatline_domain::page::{Page, PageRequest};
use seatline_domain::ports::Deliveries;
use seatline_domain::storage::StorageError;
use seatline_domain::webhook::{
    Attempt, Delivery, DeliveryLease, DeliveryState, DueDelivery, RecordedAttempts, SettledDelivery,
};
use uuid::Uuid;

use super::paging::page_of;
use super::{InMemory, State};

const LEASE: TimeDelta = TimeDelta::seconds(5);

impl State {
    /// What is due of a webhook, those first that have been due for longest.
    fn due(&self, webhook_id: WebhookId, now: Timestamp) -> Vec<Delivery> {
        let mut pending: Vec<_> = self
            .set
            .deliveries
            .iter()
            .map(|(_, delivery)| delivery)
            .filter(|one| one.webhook_id == webhook_id && one.state == DeliveryState::Pending)
            .collect();
        pending.sort_by_key(|delivery| delivery.position);
        let mut subjects = HashSet::new();
        let subject =
            |delivery: &Delivery| self.events.published.get(&delivery.position).map(|one| one.subject);
        pending.retain(|delivery| subjects.insert(subject(delivery)));
        pending.retain(|delivery| delivery.next_attempt_at.is_none_or(|at| at <= now));
        pending.sort_by_key(|delivery| (delivery.next_attempt_at, delivery.position));
        pending.into_iter().cloned().collect()
    }

    /// Whether this holder may go on, which prolongs the lease.
    fn prolong(&mut self, lease: &DeliveryLease, now: Timestamp) -> bool {
        match self.events.leases.get_mut(&lease.webhook_id) {
            Some((holder, until)) if *holder == lease.holder => {
                *until = now + LEASE;
                true
            }
            _ => false,
        }
    }

    fn is_delivered_to(&self, webhook_id: WebhookId) -> bool {
        let webhook = self.set.webhooks.get(&webhook_id);
        webhook.is_some_and(|webhook| webhook.enabled && webhook.deleted_at.is_none())
    }

    fn settle(&mut self, webhook_id: WebhookId, settled: &SettledDelivery, now: Timestamp) {
        let Some(published) = self.events.published.get(&settled.position) else { return };
        let key = (webhook_id, published.event.id);
        let Some(delivery) = self.set.deliveries.get_mut(&key) else { return };
        delivery.state = settled.state;
        delivery.next_attempt_at = settled.retry_after.map(|after| now + after);
        let at = now - TimeDelta::from_std(settled.outcome.took).unwrap();
        delivery.attempts.push(Attempt { at, outcome: settled.outcome.clone() });
        self.events.failed_attempts.insert(key, settled.failed_attempts);
    }
}

#[async_trait]
impl Deliveries for InMemory {
    async fn lease(&self, holder: Uuid, limit: u16) -> Result<Vec<DeliveryLease>, StorageError> {
        let (mut state, now) = (self.state(), self.now());
        let mut leases = Vec::new();
        for id in state.webhooks.clone() {
            let is_free = state.events.leases.get(&id).is_none_or(|(_, until)| *until <= now);
            let has_due = !state.due(id, now).is_empty();
            if leases.len() == usize::from(limit) || !(is_free && has_due && state.is_delivered_to(id)) {
                continue;
            }
            state.events.leases.insert(id, (holder, now + LEASE));
            let webhook = state.set.webhooks.get(&id).unwrap();
            let (url, secrets) = (webhook.url.clone(), webhook.signing_secrets(now));
            leases.push(DeliveryLease { webhook_id: id, holder, url, secrets, taken_at: now });
        }
        Ok(leases)
    }

    async fn due(
        &self,
        lease: &DeliveryLease,
        under_way: &[EventPosition],
        limit: u16,
    ) -> Result<Option<Vec<DueDelivery>>, StorageError> {
        let (mut state, now) = (self.state(), self.now());
        if !(state.is_delivered_to(lease.webhook_id) && state.prolong(lease, now)) {
            return Ok(None);
        }
        let due = state.due(lease.webhook_id, now).into_iter();
        let due = due.filter(|delivery| !under_way.contains(&delivery.position)).take(limit.into());
        let due = due.map(|delivery| DueDelivery {
            event: state.events.published.get(&delivery.position).unwrap().event.clone(),
            failed_attempts: state
                .events
                .failed_attempts
                .get(&(lease.webhook_id, delivery.event_id))
                .copied()
                .unwrap_or(0),
        });
        Ok(Some(due.collect()))
    }

    async fn record(
        &self,
        lease: &DeliveryLease,
        settled: Vec<SettledDelivery>,
    ) -> Result<Option<RecordedAttempts>, StorageError> {
        let (mut state, now) = (self.state(), self.now());
        if !state.prolong(lease, now) {
            return Ok(None);
        }
        for settled in &settled {
            state.settle(lease.webhook_id, settled, now);
        }
        if settled.iter().any(|settled| settled.outcome.is_delivered()) {
            state.events.failing_since.remove(&lease.webhook_id);
        } else {
            state.events.failing_since.entry(lease.webhook_id).or_insert(now);
        }
        let failing_since = state.events.failing_since.get(&lease.webhook_id).copied();
        Ok(Some(RecordedAttempts { failing_since, now }))
    }

    async fn release(&self, lease: &DeliveryLease) -> Result<(), StorageError> {
        let mut state = self.state();
        if state.events.leases.get(&lease.webhook_id).is_some_and(|(holder, _)| *holder == lease.holder) {
            state.events.leases.remove(&lease.webhook_id);
        }
        Ok(())
    }

    async fn replay(&self, command: ReplayDeliveryCommand) -> Result<Answer<Delivery>, WebhookError> {
        let answer = self.decide(&command)?;
        if !answer.replayed {
            let key = (command.webhook_id, command.event_id);
            self.state().events.failed_attempts.remove(&key);
        }
        Ok(answer)
    }

    async fn deliveries(
        &self,
        webhook_id: WebhookId,
        page: PageRequest<i64>,
    ) -> Result<Page<Delivery, i64>, StorageError> {
        let state = self.state();
        let of_webhook = state.set.deliveries.iter().map(|(_, delivery)| delivery);
        let mut newest_first: Vec<_> =
            of_webhook.filter(|delivery| delivery.webhook_id == webhook_id).cloned().collect();
        newest_first.sort_by_key(|delivery| std::cmp::Reverse(delivery.position));
        Ok(page_of(newest_first, page, |delivery| delivery.position.get()))
    }
}

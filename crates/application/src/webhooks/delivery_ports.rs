use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use seatline_domain::id::WebhookId;
use seatline_domain::ports::{Deliveries, EventFeed, Ids, WebhookCalls, Webhooks};

/// What delivering needs.
#[derive(Clone)]
pub struct DeliveryPorts {
    /// Publishes events.
    pub feed: Arc<dyn EventFeed>,
    /// Keeps the deliveries.
    pub deliveries: Arc<dyn Deliveries>,
    /// Keeps the webhooks.
    pub webhooks: Arc<dyn Webhooks>,
    /// Calls other systems.
    pub calls: Arc<dyn WebhookCalls>,
    /// Makes new ids.
    pub ids: Arc<dyn Ids>,
}

/// How many attempts in a row have failed, by webhook.
#[derive(Default)]
pub(super) struct Failures(Mutex<HashMap<WebhookId, u32>>);

impl Failures {
    pub(super) fn of(&self, webhook: WebhookId) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&webhook).copied().unwrap_or_default()
    }

    pub(super) fn note(&self, webhook: WebhookId, delivered: bool) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if delivered {
            failures.remove(&webhook);
        } else {
            let failed = failures.entry(webhook).or_default();
            *failed = failed.saturating_add(1);
        }
    }
}

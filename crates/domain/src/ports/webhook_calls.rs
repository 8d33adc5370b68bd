use std::time::Duration;

use async_trait::async_trait;

use crate::Timestamp;
use crate::event::PublishedEvent;
use crate::webhook::{AttemptFailure, AttemptOutcome, WebhookSecret, WebhookUrl, WebhookUrlError};

/// Calls other systems.
///
/// Nothing is reached that lies in one's own network, unless that is allowed: whatever a name stands for at the moment of
/// connecting. No redirect is followed, and every call ends in time.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait WebhookCalls: Send + Sync {
    /// Reads an address and gives its normal form.
    ///
    /// # Errors
    /// [`WebhookUrlError`]; an address in numbers is refused here already when it must not be reached.
    fn read_url(&self, url: &str) -> Result<WebhookUrl, WebhookUrlError>;

    /// Delivers an event, signed by each of the secrets as sent at this instant, which receivers compare with their own
    /// time.
    async fn deliver(
        &self,
        url: &WebhookUrl,
        secrets: &[WebhookSecret],
        event: &PublishedEvent,
        sent_at: Timestamp,
    ) -> AttemptOutcome;
}

/// Nobody to call: for whoever delivers nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWebhookCalls;

#[async_trait]
impl WebhookCalls for NoWebhookCalls {
    fn read_url(&self, url: &str) -> Result<WebhookUrl, WebhookUrlError> {
        WebhookUrl::normalised(url.to_owned())
    }

    async fn deliver(
        &self,
        _: &WebhookUrl,
        _: &[WebhookSecret],
        _: &PublishedEvent,
        _: Timestamp,
    ) -> AttemptOutcome {
        AttemptOutcome { answer: Err(AttemptFailure::Unreachable), took: Duration::ZERO }
    }
}

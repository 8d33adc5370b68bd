use super::operator_change::OperatorChange;
use super::webhook_record::{listed, recorded};
use super::{Command, WebhookError};
use crate::Timestamp;
use crate::audit::{AuditAction, AuditStamp, NO_CONCERT};
use crate::id::WebhookId;
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, Outcome};
use crate::webhook::{Webhook, WebhookChange, WebhookSecret, WebhookUrl};
use crate::working_set::{Footprint, WorkingSet};

/// Changes a webhook, or replaces its secret. What is pending goes by what it is now.
#[derive(Debug, Clone)]
pub struct ChangeWebhookCommand {
    /// The webhook.
    pub id: WebhookId,
    /// The change.
    pub change: WebhookChange,
    /// Its new secret, if it gets one.
    pub secret: Option<WebhookSecret>,
    /// The audit entry's id and the owner.
    pub stamp: AuditStamp,
    /// The owner's idempotency key that makes a retry safe, if one was sent: a change is made once, whatever others
    /// changed since.
    pub key: Option<IdempotencyKey>,
}

impl ChangeWebhookCommand {
    /// The new secret is none of what was asked for: a retry comes with another one.
    fn fingerprint(&self) -> Fingerprint {
        let WebhookChange { enabled, events, url } = &self.change;
        let (events, url) = (events.map(listed), url.as_ref().map(WebhookUrl::as_str));
        let secret = self.secret.is_some();
        Fingerprint::new(format!("change webhook {} {enabled:?} {events:?} {url:?} {secret}", self.id))
    }

    fn operator_change(&self) -> OperatorChange<'_> {
        OperatorChange {
            concert_id: NO_CONCERT,
            action: AuditAction::WebhookChanged,
            stamp: self.stamp,
            key: self.key.as_ref(),
            fingerprint: self.fingerprint(),
            outcome: Outcome::WebhookChanged(self.id),
        }
    }
}

impl Command for ChangeWebhookCommand {
    type Success = Answer<Webhook>;
    type Error = WebhookError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.webhooks.insert(self.id);
        self.operator_change().footprint(footprint);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Webhook>, WebhookError> {
        let change = self.operator_change();
        let was_made = change.was_made(set, now)?;
        let webhook = set.webhooks.get_mut(&self.id).filter(|webhook| webhook.deleted_at.is_none());
        let webhook = webhook.ok_or(WebhookError::NotFound)?;
        if was_made {
            return Ok(Answer::replayed(webhook.clone(), false));
        }
        let before = recorded(webhook);
        *webhook = webhook.changed(&self.change);
        if let Some(secret) = &self.secret {
            *webhook = webhook.with_secret(secret.clone(), now);
        }
        let webhook = webhook.clone();
        change.record(set, before, recorded(&webhook), now);
        Ok(Answer::existing(webhook))
    }
}

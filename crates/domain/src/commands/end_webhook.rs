use super::webhook_record::recorded;
use super::{Command, WebhookError};
use crate::Timestamp;
use crate::audit::{AuditAction, AuditEntry, AuditStamp, NO_CONCERT, OperatorId};
use crate::id::{AuditEntryId, WebhookId};
use crate::storage::StorageError;
use crate::webhook::Webhook;
use crate::working_set::{Footprint, WorkingSet};

/// Deletes a webhook. It is told of nothing any more; deleting it again changes nothing.
#[derive(Debug, Clone)]
pub struct DeleteWebhookCommand {
    /// The webhook.
    pub id: WebhookId,
    /// The audit entry's id and the owner.
    pub stamp: AuditStamp,
}

impl Command for DeleteWebhookCommand {
    type Success = Webhook;
    type Error = WebhookError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.webhooks.insert(self.id);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Webhook, WebhookError> {
        let before = set.webhooks.get(&self.id).cloned().ok_or(WebhookError::NotFound)?;
        if before.deleted_at.is_some() {
            return Ok(before);
        }
        let after = Webhook { deleted_at: Some(now), ..before.clone() };
        replace(set, &before, &after, AuditAction::WebhookDeleted, self.stamp, now);
        Ok(after)
    }
}

/// Disables a webhook that has only failed for days. What is pending stays so: it is attempted again once the webhook is
/// enabled.
#[derive(Debug, Clone)]
pub struct GiveUpWebhookCommand {
    /// The webhook.
    pub id: WebhookId,
    /// The id that the audit entry gets.
    pub entry_id: AuditEntryId,
}

impl Command for GiveUpWebhookCommand {
    /// Whether that is news.
    type Success = bool;
    type Error = StorageError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.webhooks.insert(self.id);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<bool, StorageError> {
        let enabled = set.webhooks.get(&self.id).filter(|webhook| !webhook.wanted().is_empty()).cloned();
        let Some(before) = enabled else { return Ok(false) };
        let after = Webhook { enabled: false, gave_up_at: Some(now), ..before.clone() };
        let stamp = AuditStamp { entry_id: self.entry_id, operator: OperatorId::SEATLINE };
        replace(set, &before, &after, AuditAction::WebhookChanged, stamp, now);
        Ok(true)
    }
}

fn replace(
    set: &mut WorkingSet,
    before: &Webhook,
    after: &Webhook,
    action: AuditAction,
    stamp: AuditStamp,
    now: Timestamp,
) {
    if let Some(webhook) = set.webhooks.get_mut(&after.id) {
        *webhook = after.clone();
    }
    let (before, after) = (Some(recorded(before)), recorded(after));
    set.audit.push(AuditEntry { stamp, concert_id: NO_CONCERT, action, before, after, at: now });
}

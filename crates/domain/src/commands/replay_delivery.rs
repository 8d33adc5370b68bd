use super::operator_change::OperatorChange;
use super::{Command, WebhookError};
use crate::Timestamp;
use crate::audit::{AuditAction, AuditStamp, Facts, NO_CONCERT, facts};
use crate::id::{EventId, WebhookId};
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, Outcome};
use crate::webhook::{Delivery, DeliveryState};
use crate::working_set::{Footprint, WorkingSet};

/// Delivers an event to a webhook once more, from the first attempt on. One that waits for an earlier event of the same
/// subject goes on waiting.
#[derive(Debug, Clone)]
pub struct ReplayDeliveryCommand {
    /// The webhook.
    pub webhook_id: WebhookId,
    /// The event.
    pub event_id: EventId,
    /// The audit entry's id and the owner.
    pub stamp: AuditStamp,
    /// The owner's idempotency key that makes a retry safe, if one was sent.
    pub key: Option<IdempotencyKey>,
}

impl ReplayDeliveryCommand {
    fn operator_change(&self) -> OperatorChange<'_> {
        OperatorChange {
            concert_id: NO_CONCERT,
            action: AuditAction::DeliveryReplayed,
            stamp: self.stamp,
            key: self.key.as_ref(),
            fingerprint: Fingerprint::new(format!("replay {} {}", self.webhook_id, self.event_id)),
            outcome: Outcome::DeliveryReplayed(self.event_id),
        }
    }
}

impl Command for ReplayDeliveryCommand {
    type Success = Answer<Delivery>;
    type Error = WebhookError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.webhooks.insert(self.webhook_id);
        footprint.deliveries.insert((self.webhook_id, self.event_id));
        self.operator_change().footprint(footprint);
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Delivery>, WebhookError> {
        let change = self.operator_change();
        let was_made = change.was_made(set, now)?;
        let webhook = set.webhooks.get(&self.webhook_id).filter(|webhook| webhook.deleted_at.is_none());
        webhook.ok_or(WebhookError::NotFound)?;
        let delivery = set.deliveries.get_mut(&(self.webhook_id, self.event_id));
        let delivery = delivery.ok_or(WebhookError::DeliveryNotFound)?;
        if was_made {
            return Ok(Answer::replayed(delivery.clone(), false));
        }
        let before = recorded(delivery);
        let waits = delivery.state == DeliveryState::Pending && delivery.next_attempt_at.is_none();
        if !waits {
            delivery.state = DeliveryState::Pending;
            delivery.next_attempt_at = Some(now);
        }
        let delivery = delivery.clone();
        change.record(set, before, recorded(&delivery), now);
        Ok(Answer::existing(delivery))
    }
}

fn recorded(delivery: &Delivery) -> Facts {
    let state = match delivery.state {
        DeliveryState::Pending => "PENDING",
        DeliveryState::Delivered => "DELIVERED",
        DeliveryState::Failed => "FAILED",
    };
    facts([
        ("webhookId", delivery.webhook_id.to_string().into()),
        ("deliveryId", delivery.event_id.to_string().into()),
        ("state", state.into()),
        ("nextAttemptAt", delivery.next_attempt_at.into()),
    ])
}

use super::webhook_record::{listed, recorded};
use super::{Command, WebhookError};
use crate::Timestamp;
use crate::audit::{AuditAction, AuditEntry, AuditStamp, NO_CONCERT};
use crate::event::EventKinds;
use crate::id::WebhookId;
use crate::idempotency::{Answer, Fingerprint, IdempotencyKey, KeyOwner, KeyReused, Outcome};
use crate::webhook::{Webhook, WebhookSecret, WebhookUrl, policy};
use crate::working_set::{Footprint, WorkingSet};

/// Makes a webhook. It is told of what happens from now on.
#[derive(Debug, Clone)]
pub struct CreateWebhookCommand {
    /// The id that it gets.
    pub id: WebhookId,
    /// Its address.
    pub url: WebhookUrl,
    /// The kinds of events that it wants.
    pub events: EventKinds,
    /// Its secret.
    pub secret: WebhookSecret,
    /// The audit entry's id and the owner.
    pub stamp: AuditStamp,
    /// The owner's idempotency key that makes a retry safe, if one was sent.
    pub key: Option<IdempotencyKey>,
}

impl CreateWebhookCommand {
    const fn key_owner(&self) -> KeyOwner {
        KeyOwner::Operator(self.stamp.operator)
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::new(format!("webhook {} {}", self.url.as_str(), listed(self.events)))
    }

    fn replayed(&self, set: &WorkingSet, now: Timestamp) -> Result<Option<WebhookId>, WebhookError> {
        match set.recorded(self.key_owner(), self.key.as_ref(), || self.fingerprint(), now)? {
            Some(Outcome::WebhookCreated(id)) => Ok(Some(*id)),
            Some(_) => Err(KeyReused.into()),
            None => Ok(None),
        }
    }
}

impl Command for CreateWebhookCommand {
    type Success = Answer<Webhook>;
    type Error = WebhookError;

    fn footprint(&self, footprint: &mut Footprint) {
        footprint.webhooks.insert(self.id);
        footprint.keys.extend(self.key.clone().map(|key| (self.key_owner(), key)));
    }

    fn decide(&self, set: &mut WorkingSet, now: Timestamp) -> Result<Answer<Webhook>, WebhookError> {
        if let Some(id) = self.replayed(set, now)? {
            // One that was deleted since is not found: it is not made again.
            let made = set.webhooks.get(&id).filter(|made| made.deleted_at.is_none());
            return Ok(Answer::replayed(made.ok_or(WebhookError::NotFound)?.clone(), true));
        }
        let there = set.webhooks.iter().filter(|(_, webhook)| webhook.deleted_at.is_none()).count();
        if there >= policy::WEBHOOKS_MAX {
            return Err(WebhookError::TooMany);
        }
        let made = Webhook {
            id: self.id,
            url: self.url.clone(),
            events: self.events,
            enabled: true,
            secret: self.secret.clone(),
            previous_secret: None,
            created_at: now,
            gave_up_at: None,
            deleted_at: None,
        };
        set.webhooks.insert(self.id, made.clone());
        set.audit.push(AuditEntry {
            stamp: self.stamp,
            concert_id: NO_CONCERT,
            action: AuditAction::WebhookAdded,
            before: None,
            after: recorded(&made),
            at: now,
        });
        if let Some(key) = &self.key {
            set.record(self.key_owner(), key, self.fingerprint(), Outcome::WebhookCreated(self.id), now);
        }
        Ok(Answer::created(made))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::audit::OperatorId;
    use crate::event::EventKind;
    use crate::id::AuditEntryId;

    fn command(n: u128, key: Option<&str>) -> CreateWebhookCommand {
        CreateWebhookCommand {
            id: WebhookId::new(Uuid::from_u128(n)),
            url: WebhookUrl::normalised("https://shop.example/".into()).unwrap(),
            events: [EventKind::PaymentCompleted].into_iter().collect(),
            secret: WebhookSecret::new([1; 32]),
            stamp: AuditStamp {
                entry_id: AuditEntryId::new(Uuid::from_u128(n)),
                operator: OperatorId::from_digest([1; 4]),
            },
            key: key.map(|key| IdempotencyKey::parse(key).unwrap()),
        }
    }

    #[test]
    fn a_key_makes_one_webhook() {
        let (mut set, now) = (WorkingSet::default(), Timestamp::default());
        let made = command(1, Some("once")).decide(&mut set, now).unwrap();
        assert!(made.created && !made.replayed);
        let again = command(2, Some("once")).decide(&mut set, now).unwrap();
        assert_eq!((again.value, again.replayed), (made.value, true));
        let other = CreateWebhookCommand { events: EventKinds::ALL, ..command(3, Some("once")) };
        assert_eq!(other.decide(&mut set, now), Err(WebhookError::KeyReused(KeyReused)));
        assert_eq!((set.webhooks.iter().count(), set.audit.len()), (1, 1));
    }

    #[test]
    fn there_is_a_bound() {
        let (mut set, now) = (WorkingSet::default(), Timestamp::default());
        for n in 0..100 {
            command(n, None).decide(&mut set, now).unwrap();
        }
        assert_eq!(command(100, None).decide(&mut set, now), Err(WebhookError::TooMany));
    }
}

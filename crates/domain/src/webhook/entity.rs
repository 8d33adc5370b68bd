use super::{PreviousSecret, WebhookSecret, WebhookUrl, policy};
use crate::Timestamp;
use crate::event::{EventKind, EventKinds};
use crate::id::WebhookId;

/// An address that is told of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The webhook's id.
    pub id: WebhookId,
    /// Its address.
    pub url: WebhookUrl,
    /// The kinds of events that it wants.
    pub events: EventKinds,
    /// Whether it is told of anything at the moment.
    pub enabled: bool,
    /// The secret that signs.
    pub secret: WebhookSecret,
    /// The secret before it, for a time.
    pub previous_secret: Option<PreviousSecret>,
    /// The instant at which it was made.
    pub created_at: Timestamp,
    /// The instant at which it was disabled because it had only failed for days; `None` otherwise.
    pub gave_up_at: Option<Timestamp>,
    /// The instant at which it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// A change of a webhook. What is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookChange {
    /// Whether it is told of anything.
    pub enabled: Option<bool>,
    /// The kinds of events that it wants.
    pub events: Option<EventKinds>,
    /// Its address.
    pub url: Option<WebhookUrl>,
}

impl Webhook {
    /// Whether it is told of a kind of events now.
    pub const fn wants(&self, kind: EventKind) -> bool {
        self.wanted().contains(kind)
    }

    /// The kinds of events that it is told of now.
    pub const fn wanted(&self) -> EventKinds {
        if self.enabled && self.deleted_at.is_none() { self.events } else { EventKinds::NONE }
    }

    /// The same webhook after a change. One that is enabled again begins anew.
    #[must_use]
    pub fn changed(&self, change: &WebhookChange) -> Self {
        let enabled = change.enabled.unwrap_or(self.enabled);
        Self {
            enabled,
            events: change.events.unwrap_or(self.events),
            url: change.url.clone().unwrap_or_else(|| self.url.clone()),
            gave_up_at: self.gave_up_at.filter(|_| !enabled),
            ..self.clone()
        }
    }

    /// The same webhook with a new secret. The one that it had signs beside it for a day, so that receivers can change over.
    #[must_use]
    pub fn with_secret(&self, secret: WebhookSecret, now: Timestamp) -> Self {
        let previous = PreviousSecret { secret: self.secret.clone(), until: now + policy::SECRET_OVERLAP };
        Self { secret, previous_secret: Some(previous), ..self.clone() }
    }

    /// The secrets that sign at an instant, the newest first.
    pub fn signing_secrets(&self, now: Timestamp) -> Vec<WebhookSecret> {
        let previous = self.previous_secret.iter().filter(|previous| now < previous.until);
        [&self.secret].into_iter().chain(previous.map(|previous| &previous.secret)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use uuid::Uuid;

    fn webhook() -> Webhook {
        Webhook {
            id: WebhookId::new(Uuid::nil()),
            url: WebhookUrl::normalised("https://shop.example/".into()).unwrap(),
            events: [EventKind::PaymentCompleted].into_iter().collect(),
            enabled: true,
            secret: WebhookSecret::new([1; 32]),
            previous_secret: None,
            created_at: Timestamp::default(),
            gave_up_at: None,
            deleted_at: None,
        }
    }

    #[test]
    fn one_that_is_disabled_or_deleted_wants_nothing() {
        let webhook = webhook();
        assert!(webhook.wants(EventKind::PaymentCompleted) && !webhook.wants(EventKind::ReservationHeld));
        let disabled = webhook.changed(&WebhookChange { enabled: Some(false), ..WebhookChange::default() });
        assert_eq!(disabled.wanted(), EventKinds::NONE);
        let deleted = Webhook { deleted_at: Some(Timestamp::default()), ..webhook.clone() };
        assert_eq!(deleted.wanted(), EventKinds::NONE);
        let gave_up = Webhook { gave_up_at: Some(Timestamp::default()), ..disabled };
        let unnamed = gave_up.changed(&WebhookChange::default());
        assert_eq!(unnamed, gave_up);
        let again = gave_up.changed(&WebhookChange { enabled: Some(true), ..WebhookChange::default() });
        assert_eq!(again, webhook);
    }

    #[test]
    fn a_replaced_secret_signs_for_another_day() {
        let now = Timestamp::default();
        let (old, new) = (WebhookSecret::new([1; 32]), WebhookSecret::new([2; 32]));
        assert_eq!(webhook().signing_secrets(now), std::slice::from_ref(&old));
        let rotated = webhook().with_secret(new.clone(), now);
        assert_eq!(rotated.signing_secrets(now), [new.clone(), old]);
        assert_eq!(rotated.signing_secrets(now + TimeDelta::days(1)), [new]);
    }
}

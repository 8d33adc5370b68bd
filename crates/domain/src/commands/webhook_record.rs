use crate::audit::{Facts, facts};
use crate::event::{EventKind, EventKinds};
use crate::webhook::Webhook;

/// A webhook as the record of changes tells it. Its secrets are in no record.
pub(super) fn recorded(webhook: &Webhook) -> Facts {
    facts([
        ("webhookId", webhook.id.to_string().into()),
        ("url", webhook.url.as_str().into()),
        ("events", listed(webhook.events).into()),
        ("state", state(webhook).into()),
        ("secretReplacedUntil", webhook.previous_secret.as_ref().map(|previous| previous.until).into()),
    ])
}

/// Kinds of events by their names.
pub(super) fn listed(events: EventKinds) -> String {
    events.iter().map(EventKind::name).collect::<Vec<_>>().join(" ")
}

const fn state(webhook: &Webhook) -> &'static str {
    if webhook.deleted_at.is_some() {
        "DELETED"
    } else if webhook.enabled {
        "ENABLED"
    } else if webhook.gave_up_at.is_some() {
        "GIVEN_UP"
    } else {
        "DISABLED"
    }
}

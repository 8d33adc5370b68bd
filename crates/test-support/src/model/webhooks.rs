use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{ChangeWebhookCommand, CreateWebhookCommand, DeleteWebhookCommand};
use seatline_domain::event::{EventKind, EventKinds};
use seatline_domain::id::{AuditEntryId, WebhookId};
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::page::PageRequest;
use seatline_domain::webhook::{Webhook, WebhookChange, WebhookSecret, WebhookUrl};
use uuid::Uuid;

use super::side::{Side, operation_id};
use super::verdict::Verdict;

const OWNER: OperatorId = OperatorId::from_digest([1, 2, 3, 4]);

/// Makes a webhook for one of two sets of kinds.
pub(super) async fn create(side: &Side, wants_all: bool, key: Option<IdempotencyKey>, id: u64) -> Verdict {
    let kinds = if wants_all { EventKinds::ALL } else { [EventKind::ChargeCompleted].into_iter().collect() };
    let command = CreateWebhookCommand {
        id: WebhookId::new(operation_id(id)),
        url: WebhookUrl::normalised("https://shop.example/hooks".into()).unwrap(),
        events: kinds,
        secret: WebhookSecret::new([7; 32]),
        stamp: stamp(id),
        key,
    };
    Verdict::of_answer("create webhook", side.ports.webhooks.create(command).await, tell)
}

/// Gives one of the newest webhooks another address, and enables or disables it where that is said.
pub(super) async fn change(
    side: &Side,
    newest: usize,
    enabled: Option<bool>,
    key: Option<IdempotencyKey>,
    id: u64,
) -> Verdict {
    let url = WebhookUrl::normalised("https://other.example/".into()).unwrap();
    let command = ChangeWebhookCommand {
        id: one_of(side, newest).await,
        change: WebhookChange { enabled, events: None, url: Some(url) },
        secret: None,
        stamp: stamp(id),
        key,
    };
    Verdict::of_answer("change webhook", side.ports.webhooks.change(command).await, tell)
}

/// Deletes one of the newest webhooks.
pub(super) async fn delete(side: &Side, newest: usize, id: u64) -> Verdict {
    let command = DeleteWebhookCommand { id: one_of(side, newest).await, stamp: stamp(id) };
    Verdict::of("delete webhook", side.ports.webhooks.delete(command).await, tell)
}

/// Publishes all that was told.
pub(super) async fn publish(side: &Side) -> Verdict {
    let mut published = 0;
    loop {
        match side.ports.feed.publish(500).await {
            Ok(0) => break,
            Ok(step) => published += step,
            Err(error) => return Verdict::of("publish", Err::<usize, _>(error), |_| String::new()),
        }
    }
    let name = if published == 0 { "publish nothing" } else { "publish" };
    Verdict::of(name, Ok::<_, seatline_domain::storage::StorageError>(published), usize::to_string)
}

/// What there is of webhooks, with the deliveries that each has.
pub(super) async fn told(side: &Side) -> Vec<String> {
    let mut told = Vec::new();
    for webhook in side.ports.webhooks.webhooks(PageRequest::first()).await.unwrap().items {
        let (mut page, mut deliveries) = (PageRequest::first(), Vec::new());
        loop {
            let found = side.ports.deliveries.deliveries(webhook.id, page).await.unwrap();
            deliveries
                .extend(found.items.iter().map(|one| format!("{} {:?}", one.position.get(), one.state)));
            let Some(next) = found.next else { break };
            page.after = Some(next);
        }
        told.push(format!("{}: {deliveries:?}", tell(&webhook)));
    }
    told
}

/// One of the newest, but not the one that wants everything from the beginning; or one that never was.
async fn one_of(side: &Side, newest: usize) -> WebhookId {
    let mut there = side.ports.webhooks.webhooks(PageRequest::first()).await.unwrap().items;
    there.pop();
    there.get(newest).map_or(WebhookId::new(Uuid::nil()), |webhook| webhook.id)
}

fn stamp(id: u64) -> AuditStamp {
    AuditStamp { entry_id: AuditEntryId::new(operation_id(id)), operator: OWNER }
}

fn tell(webhook: &Webhook) -> String {
    let Webhook { id, url, enabled, events, .. } = webhook;
    format!("{id} {} {events:?}, enabled: {enabled}", url.as_str())
}

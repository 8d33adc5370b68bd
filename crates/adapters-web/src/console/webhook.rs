//! One webhook: what it is told, its deliveries, and their replay.

use actix_web::http::StatusCode;
use askama::Template;
use seatline_domain::commands::WebhookError;
use seatline_domain::concert::policy::DEFAULT_TIMEZONE;
use seatline_domain::id::{EventId, WebhookId};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::webhook::{Attempt, AttemptFailure, Delivery, DeliveryState, Webhook, WebhookChange};
use uuid::Uuid;

use super::field::Field;
use super::frame::ConsoleFrame;
use super::staff::Staff;
use super::typed::Typed;
use super::webhooks::{EventFields, PATH, Secret, StateView, failed, read, url_field};
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, form_key, lead};
use crate::words::Words;

#[derive(Template)]
#[template(path = "console/webhook.html")]
struct Page {
    frame: ConsoleFrame,
    id: WebhookId,
    address: String,
    state: StateView,
    enabled: bool,
    key: String,
    url: Field,
    events: EventFields,
    secret: Option<Secret>,
    deliveries: Vec<Row>,
    /// Deliveries are told in pages; this leads to the next.
    next: Option<i64>,
}

/// A delivery in the list.
struct Row {
    id: EventId,
    event: &'static str,
    state: String,
    attempts: Vec<String>,
    next: Option<String>,
}

pub(crate) async fn show(visit: Visit, staff: Staff) -> Answer {
    let webhook = found(&visit).await?;
    page(&visit, staff, webhook, &Typed::nothing(), None).await
}

async fn found(visit: &Visit) -> Result<Webhook, Refusal> {
    let id = visit.id(WebhookId::new)?;
    visit.seatline().list_webhooks.one(id).await.map_err(refusal)
}

fn refusal(error: WebhookError) -> Refusal {
    match error {
        WebhookError::Storage(error) => error.into(),
        _ => Refusal::NotFound,
    }
}

fn path(id: WebhookId) -> String {
    format!("{PATH}/{id}")
}

async fn page(
    visit: &Visit,
    staff: Staff,
    webhook: Webhook,
    typed: &Typed,
    secret: Option<Secret>,
) -> Answer {
    let after = visit.asked_for("after").and_then(|place| place.parse().ok());
    let page = PageRequest { limit: PageLimit::default(), after };
    let deliveries = visit.seatline().list_deliveries.execute(webhook.id, page).await.map_err(refusal)?;
    let words = visit.words;
    let page = Page {
        frame: ConsoleFrame::at(visit, staff, path(webhook.id)),
        id: webhook.id,
        address: webhook.url.as_str().to_owned(),
        state: StateView::of(words, &webhook),
        enabled: webhook.enabled,
        key: form_key()?,
        url: url_field(words, typed, webhook.url.as_str()),
        events: EventFields::new(words, typed, webhook.events),
        secret,
        next: deliveries.next,
        deliveries: deliveries.items.iter().map(|delivery| row(words, delivery)).collect(),
    };
    let status = if typed.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.show_wrong(status, &page)
}

fn row(words: Words, delivery: &Delivery) -> Row {
    let state = match delivery.state {
        DeliveryState::Pending => "delivery-pending",
        DeliveryState::Delivered => "delivery-delivered",
        DeliveryState::Failed => "delivery-failed",
    };
    Row {
        id: delivery.event_id,
        event: delivery.kind.name(),
        state: words.text(state).into_owned(),
        attempts: delivery.attempts.iter().map(|attempt| attempt_text(words, attempt)).collect(),
        next: delivery.next_attempt_at.map(|at| words.moment(at, DEFAULT_TIMEZONE)),
    }
}

fn attempt_text(words: Words, Attempt { at, outcome }: &Attempt) -> String {
    let answer = match outcome.answer {
        Ok(status) => words.with("attempt-status", [("status", status.to_string().into())]),
        Err(AttemptFailure::Forbidden) => words.text("attempt-forbidden").into_owned(),
        Err(AttemptFailure::Unreachable) => words.text("attempt-unreachable").into_owned(),
        Err(AttemptFailure::TimedOut) => words.text("attempt-timed-out").into_owned(),
    };
    let took = u32::try_from(outcome.took.as_millis()).unwrap_or(u32::MAX);
    let moment = words.moment(*at, DEFAULT_TIMEZONE);
    let arguments = [("moment", moment.into()), ("answer", answer.into()), ("count", took.into())];
    words.with("attempt", arguments)
}

/// Changes the address and the kinds of events.
pub(crate) async fn change(visit: Visit, staff: Staff) -> Answer {
    let webhook = found(&visit).await?;
    let mut typed = Typed::of(&visit).await?;
    let Some((url, events)) = read(&visit, &mut typed) else {
        return page(&visit, staff, webhook, &typed, None).await;
    };
    let change = WebhookChange { enabled: None, events: Some(events), url: Some(url) };
    apply(&visit, staff, &typed, change).await
}

/// Has it told of nothing any more, or of what happens from now on.
pub(crate) async fn switch(visit: Visit, staff: Staff) -> Answer {
    let typed = Typed::of(&visit).await?;
    let enabled = match typed.value("do") {
        "enable" => true,
        "disable" => false,
        _ => return Err(Refusal::Malformed),
    };
    apply(&visit, staff, &typed, WebhookChange { enabled: Some(enabled), ..WebhookChange::default() }).await
}

async fn apply(visit: &Visit, staff: Staff, typed: &Typed, change: WebhookChange) -> Answer {
    let (id, key) = (visit.id(WebhookId::new)?, Some(typed.idempotency_key()?));
    match visit.seatline().change_webhook.execute(staff.operator(), id, change, key).await {
        Ok(_) => Ok(lead(&Notice::WEBHOOK_CHANGED.at(&path(id)), [])),
        Err(error) => failed(error, &path(id)),
    }
}

/// Gives it another secret, which is shown this once.
pub(crate) async fn replace_secret(visit: Visit, staff: Staff) -> Answer {
    let id = visit.id(WebhookId::new)?;
    let key = Some(Typed::of(&visit).await?.idempotency_key()?);
    match visit.seatline().change_webhook.replace_secret(staff.operator(), id, key).await {
        Ok(answer) => {
            let secret = Some(Secret::of(&answer.value));
            page(&visit, staff, answer.value, &Typed::nothing(), secret).await
        }
        Err(error) => failed(error, &path(id)),
    }
}

/// Deletes it.
pub(crate) async fn delete(visit: Visit, staff: Staff) -> Answer {
    let id = visit.id(WebhookId::new)?;
    match visit.seatline().delete_webhook.execute(staff.operator(), id).await {
        Ok(()) => Ok(lead(&Notice::WEBHOOK_DELETED.at(PATH), [])),
        Err(error) => failed(error, PATH),
    }
}

/// Has an event delivered once more.
pub(crate) async fn replay(visit: Visit, staff: Staff) -> Answer {
    let id = visit.id(WebhookId::new)?;
    let typed = Typed::of(&visit).await?;
    let event = Uuid::try_parse(typed.value("delivery")).map(EventId::new).map_err(|_| Refusal::NotFound)?;
    let key = Some(typed.idempotency_key()?);
    match visit.seatline().replay_delivery.execute(staff.operator(), id, event, key).await {
        Ok(_) => Ok(lead(&Notice::DELIVERY_REPLAYED.at(&path(id)), [])),
        Err(error) => failed(error, &path(id)),
    }
}

//! Other systems that are told of events: the list of their addresses, and the making of another.

use actix_web::http::StatusCode;
use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use seatline_application::webhooks::NewWebhook;
use seatline_domain::commands::WebhookError;
use seatline_domain::event::{EventKind, EventKinds};
use seatline_domain::id::WebhookId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::webhook::{Webhook, WebhookUrl, WebhookUrlError, policy};

use super::field::Field;
use super::frame::ConsoleFrame;
use super::staff::Staff;
use super::typed::Typed;
use crate::notice::Notice;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, form_key, lead};
use crate::words::Words;

/// Where they are listed.
pub(super) const PATH: &str = "/console/webhooks";
pub(super) const URL: &str = "url";
pub(super) const EVENT: &str = "event";

#[derive(Template)]
#[template(path = "console/webhooks.html")]
struct Page {
    frame: ConsoleFrame,
    webhooks: Vec<Row>,
    /// Webhooks are told in pages; this leads to the next.
    next: Option<i64>,
    key: String,
    url: Field,
    events: EventFields,
    made: Option<Secret>,
}

struct Row {
    id: WebhookId,
    url: String,
    events: String,
    state: StateView,
}

/// Whether a webhook is told of anything, in words.
pub(super) struct StateView {
    /// For styles.
    pub(super) kind: &'static str,
    pub(super) text: String,
}

/// A secret that was just made, which is shown once.
pub(super) struct Secret {
    pub(super) id: WebhookId,
    pub(super) text: String,
}

/// The kinds of events of a form, each with whether it is chosen.
#[derive(Template)]
#[template(path = "console/event_fields.html")]
pub(super) struct EventFields {
    legend: String,
    wrong: Option<String>,
    kinds: Vec<(&'static str, bool)>,
}

impl EventFields {
    /// What was chosen or, if nothing was sent, what is there.
    pub(super) fn new(words: Words, typed: &Typed, there: EventKinds) -> Self {
        let sent = typed.get(URL).is_some();
        let chosen = typed.all(EVENT);
        let is_chosen =
            |kind: EventKind| if sent { chosen.contains(&kind.name()) } else { there.contains(kind) };
        Self {
            legend: words.text("field-events").into_owned(),
            wrong: typed.wrong(EVENT),
            kinds: EventKind::ALL.into_iter().map(|kind| (kind.name(), is_chosen(kind))).collect(),
        }
    }
}

impl StateView {
    pub(super) fn of(words: Words, webhook: &Webhook) -> Self {
        let (kind, text) = match webhook.gave_up_at {
            Some(_) if !webhook.enabled => ("", "webhook-gave-up"),
            _ if webhook.enabled => ("open", "webhook-enabled"),
            _ => ("", "webhook-disabled"),
        };
        Self { kind, text: words.text(text).into_owned() }
    }
}

impl Secret {
    /// As Standard Webhooks writes it.
    pub(super) fn of(webhook: &Webhook) -> Self {
        Self { id: webhook.id, text: format!("whsec_{}", BASE64_STANDARD.encode(webhook.secret.bytes())) }
    }
}

pub(crate) async fn show(visit: Visit, staff: Staff) -> Answer {
    page(&visit, staff, &Typed::nothing(), None).await
}

async fn page(visit: &Visit, staff: Staff, typed: &Typed, made: Option<Secret>) -> Answer {
    let after = visit.asked_for("after").and_then(|place| place.parse().ok());
    let page = PageRequest { limit: PageLimit::largest(), after };
    let webhooks = visit.seatline().list_webhooks.execute(page).await?;
    let words = visit.words;
    let row = |webhook: &Webhook| Row {
        id: webhook.id,
        url: webhook.url.as_str().to_owned(),
        events: webhook.events.iter().map(EventKind::name).collect::<Vec<_>>().join(", "),
        state: StateView::of(words, webhook),
    };
    let page = Page {
        frame: ConsoleFrame::at(visit, staff, PATH.to_owned()),
        next: webhooks.next,
        webhooks: webhooks.items.iter().map(row).collect(),
        key: form_key()?,
        url: url_field(words, typed, ""),
        events: EventFields::new(words, typed, EventKinds::NONE),
        made,
    };
    let status = if typed.is_good() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.show_wrong(status, &page)
}

pub(super) fn url_field(words: Words, typed: &Typed, there: &str) -> Field {
    Field::new(words, typed, URL, "field-url", there).hint(words.text("hint-url"))
}

/// Makes a webhook, and shows its secret this once: an answer to the same form again shows it again.
pub(crate) async fn make(visit: Visit, staff: Staff) -> Answer {
    let mut typed = Typed::of(&visit).await?;
    let Some((url, events)) = read(&visit, &mut typed) else {
        return page(&visit, staff, &typed, None).await;
    };
    let key = Some(typed.idempotency_key()?);
    let made = visit.seatline().create_webhook.execute(staff.operator(), NewWebhook { url, events }, key);
    match made.await {
        Ok(answer) => page(&visit, staff, &Typed::nothing(), Some(Secret::of(&answer.value))).await,
        Err(WebhookError::TooMany) => {
            let max = [("max", policy::WEBHOOKS_MAX.into())];
            typed.refuse(URL, visit.words.with("wrong-webhooks-many", max));
            page(&visit, staff, &typed, None).await
        }
        Err(error) => failed(error, PATH),
    }
}

/// The address and the kinds of events that were typed, unless something is wrong with them.
pub(super) fn read(visit: &Visit, typed: &mut Typed) -> Option<(WebhookUrl, EventKinds)> {
    let words = visit.words;
    let url = visit.seatline().create_webhook.read_url(typed.value(URL).trim());
    let url = typed.take(URL, url.map_err(|error| url_refusal(words, error)));
    let kinds = typed.all(EVENT).into_iter().map(EventKind::parse).collect::<Result<EventKinds, _>>();
    let kinds = kinds.ok().filter(|kinds| !kinds.is_empty());
    let kinds = typed.take(EVENT, kinds.ok_or_else(|| words.text("wrong-events").into_owned()));
    url.zip(kinds)
}

fn url_refusal(words: Words, error: WebhookUrlError) -> String {
    match error {
        WebhookUrlError::Malformed => words.text("wrong-url").into_owned(),
        WebhookUrlError::TooLong => words.with("wrong-long", [("max", policy::URL_LENGTH_MAX.into())]),
        WebhookUrlError::Surplus => words.text("wrong-url-surplus").into_owned(),
        WebhookUrlError::Forbidden => words.text("wrong-url-own").into_owned(),
    }
}

/// What is said where nothing was changed.
pub(super) fn failed(error: WebhookError, path: &str) -> Answer {
    match error {
        WebhookError::NotFound | WebhookError::DeliveryNotFound => Err(Refusal::NotFound),
        WebhookError::TooMany | WebhookError::KeyReused(_) => Ok(lead(&Notice::AGAIN.at(path), [])),
        WebhookError::Storage(error) => Err(error.into()),
    }
}

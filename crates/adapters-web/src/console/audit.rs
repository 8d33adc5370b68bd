//! What operators changed of a concert.

use askama::Template;
use seatline_application::operators::AuditedChange;
use seatline_domain::audit::{AuditAction, Fact, Facts};
use seatline_domain::concert::Concert;
use seatline_domain::id::ConcertId;
use seatline_domain::page::PageRequest;

use super::frame::ConsoleFrame;
use super::staff::Staff;
use crate::formats::machine;
use crate::pages::programme::limit;
use crate::refusal::Answer;
use crate::visit::Visit;
use crate::words::Words;

/// Entries of one page.
const ENTRIES: u16 = 50;

#[derive(Template)]
#[template(path = "console/audit.html")]
struct Page {
    frame: ConsoleFrame,
    id: ConcertId,
    title: String,
    entries: Vec<Entry>,
    next: Option<i64>,
}

struct Entry {
    moment: String,
    machine: String,
    operator: String,
    action: String,
    facts: Vec<FactView>,
}

/// A value, and how it was before if it has changed.
struct FactView {
    name: String,
    before: Option<String>,
    after: String,
}

pub(crate) async fn show(visit: Visit, staff: Staff) -> Answer {
    let concert = visit.seatline().show_concert.execute(visit.id(ConcertId::new)?).await?;
    let after = visit.asked_for("after").and_then(|place| place.parse().ok());
    let page = PageRequest { limit: limit(ENTRIES), after };
    let page = visit.seatline().list_audit.execute(concert.id, page).await?;
    let entry = |change| entry(visit.words, &concert, change);
    visit.show(&Page {
        frame: ConsoleFrame::of(&visit, staff),
        id: concert.id,
        title: concert.title.as_str().to_owned(),
        entries: page.items.into_iter().map(entry).collect(),
        next: page.next,
    })
}

fn entry(words: Words, concert: &Concert, AuditedChange { entry, key }: AuditedChange) -> Entry {
    let action = match entry.action {
        AuditAction::ConcertAdded => "audit-concert-added",
        AuditAction::PerformanceAdded => "audit-performance-added",
        AuditAction::ConcertChanged => "audit-concert-changed",
        AuditAction::PerformanceChanged => "audit-performance-changed",
        AuditAction::PerformanceCancelled => "audit-performance-cancelled",
        AuditAction::PaymentRefunded => "audit-payment-refunded",
        AuditAction::SectionChanged => "audit-section-changed",
        AuditAction::SeatsChanged => "audit-seats-changed",
        AuditAction::QueueChanged => "audit-queue-changed",
        AuditAction::TicketCheckedIn => "audit-ticket-checked-in",
        AuditAction::WebhookAdded => "audit-webhook-added",
        AuditAction::WebhookChanged => "audit-webhook-changed",
        AuditAction::WebhookDeleted => "audit-webhook-deleted",
        AuditAction::DeliveryReplayed => "audit-delivery-replayed",
        AuditAction::PointsCredited => "audit-points-credited",
        AuditAction::PointsDebited => "audit-points-debited",
        AuditAction::OperatorKeyAdded => "audit-operator-key-added",
        AuditAction::OperatorKeyDeleted => "audit-operator-key-deleted",
    };
    let fingerprint = || words.with("owner-of", [("fingerprint", entry.stamp.operator.to_string().into())]);
    Entry {
        moment: words.moment(entry.at, concert.timezone),
        machine: machine(entry.at),
        operator: key.map_or_else(fingerprint, |key| key.name.as_str().to_owned()),
        action: words.text(action).into_owned(),
        facts: facts(entry.before, entry.after, |fact| told(words, concert, fact)),
    }
}

/// What has changed; all that is known where nothing was before.
fn facts(before: Option<Facts>, after: Facts, told: impl Fn(Fact) -> String) -> Vec<FactView> {
    let compared = before.is_some();
    let before = before.unwrap_or_default();
    let view = |(name, after): (String, Fact)| {
        let was = before.get(&name).cloned();
        let same = was.as_ref() == Some(&after);
        (!(compared && same)).then(|| FactView { before: was.map(&told), after: told(after), name })
    };
    after.into_iter().filter_map(view).collect()
}

fn told(words: Words, concert: &Concert, fact: Fact) -> String {
    match fact {
        Fact::Text(text) if !text.is_empty() => text,
        Fact::Number(number) => number.to_string(),
        Fact::Points(points) => words.signed_points(points),
        Fact::Instant(instant) => words.moment(instant, concert.timezone),
        Fact::Seats(seats) => seats.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
        Fact::Text(_) | Fact::None => "–".to_owned(),
    }
}

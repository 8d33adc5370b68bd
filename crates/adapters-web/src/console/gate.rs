//! The gate: tickets are shown, and checked in.

use actix_web::http::header::{self, HeaderValue};
use askama::Template;
use seatline_application::operators::{CheckedIn, GateError, PerformanceTicketsError};
use seatline_domain::commands::CheckInError;
use seatline_domain::concert::Concert;
use seatline_domain::id::PerformanceId;
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::seat::SeatNumber;
use seatline_domain::ticket::{GateName, ListedTicket, TicketPlace, TicketState};
use serde::Serialize;

use super::frame::ConsoleFrame;
use super::performance::{Found, found, path};
use super::staff::Staff;
use super::typed::Typed;
use crate::refusal::{Answer, Refusal};
use crate::visit::{GATE_SECURITY_POLICY, Visit, form_key, json};
use crate::words::Words;

#[derive(Template)]
#[template(path = "console/gate.html")]
struct Page {
    frame: ConsoleFrame,
    id: PerformanceId,
    title: String,
    moment: String,
    key: String,
    gate: String,
    verdict: Option<Verdict>,
}

/// What a gate says to a ticket.
#[derive(Serialize)]
struct Verdict {
    /// `good`, `used` or `bad`, for styles.
    kind: &'static str,
    /// What is read from two metres.
    word: String,
    text: String,
}

pub(crate) async fn show(visit: Visit, staff: Staff) -> Answer {
    let shown = found(&visit).await?;
    page(&visit, staff, shown, String::new(), None)
}

fn page(visit: &Visit, staff: Staff, shown: Found, gate: String, verdict: Option<Verdict>) -> Answer {
    let Found { performance, concert } = shown;
    let mut answer = visit.show(&Page {
        frame: ConsoleFrame::at(visit, staff, format!("{}/gate", path(performance.id))),
        id: performance.id,
        title: concert.title.as_str().to_owned(),
        moment: visit.words.moment(performance.starts_at, concert.timezone),
        key: form_key()?,
        gate,
        verdict,
    })?;
    let policy = HeaderValue::from_static(GATE_SECURITY_POLICY);
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

/// Checks a ticket in, and says so on the same page.
pub(crate) async fn check_in(visit: Visit, staff: Staff) -> Answer {
    let shown = found(&visit).await?;
    let typed = Typed::of(&visit).await?;
    let verdict = verdict(&visit, staff, &shown, &typed).await?;
    page(&visit, staff, shown, typed.value("gate").trim().to_owned(), Some(verdict))
}

/// The same, for the page's script.
pub(crate) async fn check_in_quietly(visit: Visit, staff: Staff) -> Answer {
    let shown = found(&visit).await?;
    let typed = Typed::of(&visit).await?;
    json(&verdict(&visit, staff, &shown, &typed).await?)
}

async fn verdict(visit: &Visit, staff: Staff, shown: &Found, typed: &Typed) -> Result<Verdict, Refusal> {
    let (words, id) = (visit.words, shown.performance.id);
    let key = Some(typed.idempotency_key()?);
    let gate = GateName::parse(typed.value("gate")).ok();
    let code = typed.value("code").trim();
    let check_in = &visit.seatline().check_in_ticket;
    match check_in.execute(staff.operator(), id, code, gate, key).await {
        Ok(answer) => Ok(good(words, &answer.value)),
        Err(GateError::PerformanceNotFound) => Err(Refusal::NotFound),
        Err(GateError::CheckIn(error)) => refused(words, &shown.concert, error),
    }
}

fn good(words: Words, checked_in: &CheckedIn) -> Verdict {
    let CheckedIn { check_in, holder } = checked_in;
    let seat = seat(words, &holder.place, check_in.ticket_id.seat_number);
    let text = match &holder.name {
        Some(name) => words.with("gate-seat-of", [("name", name.as_str().into()), ("seat", seat.into())]),
        None => seat,
    };
    Verdict { kind: "good", word: words.text("gate-good").into_owned(), text }
}

fn refused(words: Words, concert: &Concert, error: CheckInError) -> Result<Verdict, Refusal> {
    let said =
        |kind, word: &str, text: String| Ok(Verdict { kind, word: words.text(word).into_owned(), text });
    match error {
        CheckInError::Used { at, gate } => {
            let time = ("time", words.time(at, concert.timezone).into());
            let text = match gate {
                Some(gate) => words.with("gate-used-at", [time, ("gate", gate.as_str().to_owned().into())]),
                None => words.with("gate-used-since", [time]),
            };
            said("used", "gate-used", text)
        }
        CheckInError::Void => said("bad", "gate-void", words.text("gate-void-text").into_owned()),
        CheckInError::Invalid => said("bad", "gate-invalid", words.text("gate-invalid-text").into_owned()),
        CheckInError::KeyReused(_) => said("bad", "gate-again", words.text("notice-again").into_owned()),
        CheckInError::Storage(error) => Err(error.into()),
    }
}

/// Where a person sits.
fn seat(words: Words, place: &TicketPlace, number: SeatNumber) -> String {
    let section = ("section", place.section.clone().into());
    match (&place.row, place.place) {
        (Some(row), Some(seat)) => {
            words.with("seat-name", [section, ("row", row.clone().into()), ("seat", seat.to_string().into())])
        }
        _ => format!("{} {}", place.section, number.get()),
    }
}

/// A page of the list that gates keep for when there is no network.
#[derive(Serialize)]
struct List {
    /// Tickets: id, who and where, and whether it is valid or used.
    tickets: Vec<(String, String, &'static str)>,
    next: Option<u32>,
}

/// Reads so many pages of the list for one answer, which stays small.
const PAGES: usize = 5;

pub(crate) async fn list(visit: Visit, _: Staff) -> Answer {
    let id = visit.id(PerformanceId::new)?;
    let after = visit.asked_for("after").and_then(|number| number.parse().ok());
    let mut next = after.and_then(|number| SeatNumber::parse(number).ok());
    let mut tickets = Vec::new();
    for _ in 0..PAGES {
        let page = PageRequest { limit: PageLimit::largest(), after: next };
        let page = visit.seatline().list_performance_tickets.execute(id, page).await;
        let page = page.map_err(|error| match error {
            PerformanceTicketsError::NotFound => Refusal::NotFound,
            PerformanceTicketsError::Storage(error) => error.into(),
        })?;
        tickets.extend(page.items.iter().map(|ticket| listed(visit.words, ticket)));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    json(&List { tickets, next: next.map(SeatNumber::get) })
}

fn listed(words: Words, ticket: &ListedTicket) -> (String, String, &'static str) {
    let seat = seat(words, &ticket.place, ticket.id.seat_number);
    let text = match &ticket.name {
        Some(name) => words.with("gate-seat-of", [("name", name.clone().into()), ("seat", seat.into())]),
        None => seat,
    };
    let state = match ticket.state {
        TicketState::Valid => "valid",
        TicketState::Used => "used",
        TicketState::Void => "void",
    };
    (ticket.id.to_string(), text, state)
}

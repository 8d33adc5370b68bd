//! Tickets: what is shown at the gate, kept in a calendar, and given back.

use actix_web::HttpResponse;
use actix_web::http::header;
use askama::Template;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use seatline_application::tickets::{CodedTicket, TicketError};
use seatline_domain::id::{ConcertId, ReservationId};
use seatline_domain::page::PageRequest;
use seatline_domain::ticket::{TicketCursor, TicketId, TicketState};

use super::calendar;
use super::programme::limit;
use super::seat_list::where_is;
use crate::frame::Frame;
use crate::limits::Action;
use crate::refusal::{Answer, Refusal};
use crate::visit::{Visit, form_key};

/// Tickets of one page.
const TICKETS: u16 = 20;
/// The fewest pixels of a side of a code.
const CODE_PIXELS_MIN: u32 = 240;

#[derive(Template)]
#[template(path = "tickets.html")]
struct Page {
    frame: Frame,
    tickets: Vec<View>,
    next: Option<String>,
    key: String,
}

/// A ticket in the list.
struct View {
    id: TicketId,
    concert_id: ConcertId,
    reservation_id: ReservationId,
    title: String,
    venue: String,
    moment: String,
    place: String,
    number: u32,
    /// For styles.
    kind: &'static str,
    state: String,
    refundable: bool,
}

pub(crate) async fn show(visit: Visit) -> Answer {
    visit.admit(Action::List, None)?;
    let user = match visit.user().await {
        Err(Refusal::NoAccount) => {
            let nothing = Page { frame: visit.frame(), tickets: Vec::new(), next: None, key: String::new() };
            return visit.show(&nothing);
        }
        user => user?,
    };
    visit.admit(Action::List, Some(&user))?;
    let page =
        PageRequest { limit: limit(TICKETS), after: visit.asked_for("after").and_then(|text| cursor(&text)) };
    let page = visit.seatline().list_tickets.execute(user.id, page).await?;
    let mut tickets = Vec::with_capacity(page.items.len());
    for coded in &page.items {
        tickets.push(view(&visit, coded).await?);
    }
    let next = page.next.map(|TicketCursor { starts_at, ticket_id }| {
        format!("/tickets?after={}.{ticket_id}", starts_at.timestamp_micros())
    });
    visit.show(&Page { frame: visit.frame(), tickets, next, key: form_key()? })
}

/// Where a page begins, as its address says it: microseconds, and a ticket.
fn cursor(text: &str) -> Option<TicketCursor> {
    let (micros, ticket) = text.split_once('.')?;
    let starts_at = chrono::DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    Some(TicketCursor { starts_at, ticket_id: TicketId::parse(ticket)? })
}

async fn view(visit: &Visit, CodedTicket { ticket, .. }: &CodedTicket) -> Result<View, Refusal> {
    let layout = visit.seatline().show_layout.execute(ticket.performance_id).await?;
    let concert = visit.seatline().show_concert.execute(ticket.concert_id).await?;
    let (kind, state) = match ticket.state {
        TicketState::Valid => ("valid", "ticket-valid"),
        TicketState::Used => ("used", "ticket-used"),
        TicketState::Void => ("void", "ticket-void"),
    };
    Ok(View {
        id: ticket.id,
        concert_id: ticket.concert_id,
        reservation_id: ticket.id.reservation_id,
        title: ticket.title.clone(),
        venue: ticket.venue.clone(),
        moment: visit.words.moment(ticket.starts_at, concert.timezone),
        place: where_is(visit.words, &layout, ticket.id.seat_number),
        number: ticket.id.seat_number.get(),
        kind,
        state: visit.words.text(state).into_owned(),
        refundable: kind == "valid" && layout.performance.is_refundable(ticket.as_of),
    })
}

/// The ticket of an address, if it is this browser's.
async fn mine(visit: &Visit) -> Result<CodedTicket, Refusal> {
    visit.admit(Action::List, None)?;
    let user = visit.user().await?;
    visit.admit(Action::List, Some(&user))?;
    let id = visit.request.match_info().get("id").and_then(TicketId::parse).ok_or(Refusal::NotFound)?;
    visit.seatline().show_ticket.execute(user.id, id).await.map_err(|error| match error {
        TicketError::NotFound => Refusal::NotFound,
        TicketError::Storage(error) => error.into(),
    })
}

/// The code, as an image that a gate reads.
pub(crate) async fn code(visit: Visit) -> Answer {
    let coded = mine(&visit).await?;
    let code = QrCode::with_error_correction_level(&coded.code, EcLevel::M);
    let code = code.map_err(|error| Refusal::Broken(error.to_string()))?;
    let image = code.render::<svg::Color<'_>>().min_dimensions(CODE_PIXELS_MIN, CODE_PIXELS_MIN).build();
    Ok(HttpResponse::Ok().content_type("image/svg+xml").body(image))
}

/// The ticket, for a calendar.
pub(crate) async fn in_calendar(visit: Visit) -> Answer {
    let CodedTicket { ticket, .. } = mine(&visit).await?;
    let layout = visit.seatline().show_layout.execute(ticket.performance_id).await?;
    let place = where_is(visit.words, &layout, ticket.id.seat_number);
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/calendar; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"ticket.ics\""));
    Ok(response.body(calendar::entry(&ticket, &place)))
}

//! Tickets: what a user shows at the gate, and what gates verify it with.

mod body;
mod calendar;
mod keys;
mod qr;

pub(super) use body::TicketStateBody;

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::Json;
use seatline_application::tickets::TicketError;
use seatline_domain::ticket::TicketId;

use self::body::TicketBody;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{LimitedUser, Page, Path, User};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;
use crate::wire::{List, PageBody};

type TicketPage = PageBody<TicketBody>;

const SVG: &str = "image/svg+xml";
const CALENDAR: &str = "text/calendar";

/// A code stays as it is, so that it can be shown where there is no network. Nobody but its user keeps it.
const KEPT_BY_ITS_USER: (HeaderName, &str) = (header::CACHE_CONTROL, "private, max-age=86400");
/// A start may change.
const ASKED_AGAIN: (HeaderName, &str) = (header::CACHE_CONTROL, "private, no-cache");
const TO_BE_SAVED: (HeaderName, &str) = (header::CONTENT_DISPOSITION, "attachment; filename=\"ticket.ics\"");

pub(super) fn endpoints() -> Vec<Endpoint> {
    const ERRORS: &[Code] = &[Code::TicketNotFound, Code::Unavailable];
    vec![
        endpoint!(list_tickets).limited(Limited::Listing).errors(&[Code::Unavailable]),
        endpoint!(show_ticket).errors(ERRORS),
        endpoint!(show_ticket_image).limited(Limited::Listing).errors(ERRORS).produces(&[SVG]),
        endpoint!(show_ticket_calendar).limited(Limited::Listing).errors(ERRORS).produces(&[CALENDAR]),
        keys::endpoint(),
    ]
}

/// List your tickets
///
/// One for each seat that you paid, by start. Tickets of refunded seats and of cancelled performances are `VOID`. Of
/// somebody with more than a thousand payments, those of the newest thousand are listed; any other is found by its id.
#[utoipa::path(get, path = "/api/v1/tickets", operation_id = "listTickets", tag = "Tickets", responses(
    (status = 200, description = "One page of them.", body = TicketPage),
))]
async fn list_tickets(
    LimitedUser(user): LimitedUser,
    page: Page,
    app: State,
) -> Result<Json<TicketPage>, Problem> {
    let list = List::named("tickets").of_user(user.id);
    let page = app.seatline.list_tickets.execute(user.id, page.of(&list)?).await?;
    Ok(Json(PageBody::render(page, &list, TicketBody::from)))
}

/// Show one of your tickets
#[utoipa::path(get, path = "/api/v1/tickets/{ticketId}", operation_id = "showTicket", tag = "Tickets", responses(
    (status = 200, description = "The ticket.", body = TicketBody),
))]
async fn show_ticket(user: User, ticket: Path<TicketId>, app: State) -> Result<Json<TicketBody>, Problem> {
    Ok(Json(app.seatline.show_ticket.execute(user.id, ticket.0).await?.into()))
}

/// Show the code of a ticket as an image
///
/// A QR code.
#[utoipa::path(
    get, path = "/api/v1/tickets/{ticketId}/qr.svg", operation_id = "showTicketImage", tag = "Tickets",
    responses((status = 200, description = "The code.", body = String, content_type = "image/svg+xml",
               headers(("Cache-Control")))),
)]
async fn show_ticket_image(
    LimitedUser(user): LimitedUser,
    ticket: Path<TicketId>,
    app: State,
) -> Result<HttpResponse, Problem> {
    let coded = app.seatline.show_ticket.execute(user.id, ticket.0).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, SVG)).insert_header(KEPT_BY_ITS_USER);
    Ok(response.body(qr::image(&coded.code)?))
}

/// Take a ticket into your calendar
///
/// One event (RFC 5545), which begins with the performance. Its `UID` stays the same when the start changes.
#[utoipa::path(
    get, path = "/api/v1/tickets/{ticketId}/calendar.ics", operation_id = "showTicketCalendar", tag = "Tickets",
    responses((status = 200, description = "The event.", body = String, content_type = "text/calendar",
               headers(("Cache-Control"), ("Content-Disposition")))),
)]
async fn show_ticket_calendar(
    LimitedUser(user): LimitedUser,
    ticket: Path<TicketId>,
    app: State,
) -> Result<HttpResponse, Problem> {
    let coded = app.seatline.show_ticket.execute(user.id, ticket.0).await?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, "text/calendar; charset=utf-8"))
        .insert_header(ASKED_AGAIN)
        .insert_header(TO_BE_SAVED);
    Ok(response.body(calendar::event(&coded.ticket)))
}

impl From<TicketError> for Problem {
    fn from(error: TicketError) -> Self {
        match error {
            TicketError::NotFound => Self::new(Code::TicketNotFound),
            TicketError::Storage(error) => error.into(),
        }
    }
}
